#pragma once
// Rows of repo_files and of the inline half of lfs_objects, written many at a time.

#include "db/database.hpp"
#include "hub/files.hpp"

#include <optional>
#include <span>

namespace siahub::hub {

struct FileRow {
    FileInfo info;
    std::optional<Bytes> content;  // when it lies inline
};

// A file that lies inline.
FileRow inline_file(ByteView content);

// Content whose hash was computed here takes the place of an Xet file that a client only claims to
// have this SHA-256.
Task<Result<void>> insert_files(db::Transaction& transaction, RowId repo,
                                std::span<const FileRow> rows, UnixMillis now);

}  // namespace siahub::hub
