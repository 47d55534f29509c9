#pragma once
// The rows that make a verified file a file of a repository, written inside the caller's
// transaction: recipe, claim, link from its SHA-256, chunks that answer dedup queries.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "xet/shard.hpp"

namespace siahub::store {

enum class Sha256Source { claimed, computed };

struct FileToRegister {
    xet::Hash file;
    std::uint64_t size = 0;
    std::optional<Sha256> sha256;
    std::span<const xet::Segment> segments;
};

struct DedupEntry {
    xet::Hash chunk;
    xet::Hash xorb;
};

// Collects parameters, so that thousands of files are a handful of statements run in bulk. Refers
// to the caller's files until write() is done.
class Registration {
  public:
    Registration(RowId repo, UnixMillis now, Sha256Source source)
        : repo_(repo), now_(now), source_(source) {}

    void add_file(const FileToRegister& file);
    void add_dedup_entry(const DedupEntry& entry);
    // May be called again when its transaction came to nothing.
    Task<Result<void>> write(db::Transaction& transaction) const;

  private:
    RowId repo_;
    UnixMillis now_;
    Sha256Source source_;
    std::vector<FileToRegister> files_;
    std::vector<DedupEntry> dedup_entries_;
};

}  // namespace siahub::store
