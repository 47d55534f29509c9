#pragma once
// Stores the contents of the regular files of one commit before that commit. Small ones are
// gathered and written together; nothing counts as stored until flush() has returned. Belongs to
// one task. Errors: invalid_argument when the content is the LFS pointer of an object that the
// repository does not have.

#include "hub/file_rows.hpp"
#include "hub/files.hpp"

#include <string_view>
#include <vector>

namespace siahub::hub {

// A regular file whose bytes are stored.
struct StoredBlob {
    Oid blob;
    std::uint64_t size = 0;
};

class BlobStager {
  public:
    BlobStager(Files& files, RowId repo) : files_(files), repo_(repo) {}

    // `path` only tells whether the hub will want to read the file itself.
    Task<Result<StoredBlob>> add(std::string_view path, ByteView content);
    Task<Result<void>> flush();

  private:
    Task<Result<FileInfo>> pointed_at(const Oid& blob, ByteView pointer);
    Task<Result<FileInfo>> ingest(const Oid& blob, ByteView content);

    Files& files_;
    RowId repo_;
    std::vector<FileRow> pending_;
    std::size_t pending_bytes_ = 0;
};

}  // namespace siahub::hub
