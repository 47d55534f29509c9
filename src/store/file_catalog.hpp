#pragma once
// The files of a repository and how to rebuild them. Every question names the repository: a file
// hash is not a capability. A file the repository does not have is not_found, whoever else has it.
// A plan reads recipe rows by range and xorb indexes, never a body. Thread-safe.

#include "core/ids.hpp"
#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "store/xorb_catalog.hpp"
#include "xet/reconstruction.hpp"

namespace siahub::store {

struct FileInfo {
    xet::Hash file;
    std::uint64_t size = 0;
    std::optional<Sha256> sha256;  // the repository's claim
};

struct Term {
    std::uint64_t file_offset = 0;
    xet::Segment segment;
};

// [start, end) of a file of this size. range_not_satisfiable when it starts at or past the end (an
// empty file has the range from 0) or makes no sense; an end past the end is cut off.
Result<xet::ByteSpan> resolve_range(const std::optional<xet::RequestedRange>& range,
                                    std::uint64_t size);

class FileCatalog {
  public:
    FileCatalog(db::Database& database, XorbCatalog& catalog);

    // Code::not_found when the repository has no such file.
    Task<Result<FileInfo>> find(RowId repo, xet::Hash file);
    // The file linked to this SHA-256, if bytes with it lie in xorbs (inline content is the hub's).
    Task<Result<std::optional<FileInfo>>> find_sha256(RowId repo, Sha256 sha256);

    Task<Result<xet::Reconstruction>> plan(RowId repo, xet::Hash file,
                                           std::optional<xet::RequestedRange> range);
    // Files the repository does not have are left out. `files` outlives the call.
    Task<Result<xet::BatchReconstruction>> plan_batch(RowId repo, std::span<const xet::Hash> files);

    // The recipe from the term that holds byte `from` up to byte `to`, at most `limit` terms.
    // Without a check of the repository: for those who have asked find().
    Task<Result<std::vector<Term>>> terms(xet::Hash file, std::uint64_t from, std::uint64_t to,
                                          std::int64_t limit);

  private:
    Task<Result<std::vector<Term>>> terms_of(const xet::Hash& file, xet::ByteSpan bytes);

    db::Database& database_;
    XorbCatalog& catalog_;
};

}  // namespace siahub::store
