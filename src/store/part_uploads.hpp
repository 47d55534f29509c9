#pragma once
// Parts of multipart LFS uploads: kept as files until all are there, then fed in order to a
// FileIngest and removed. An upload has no row: its random id, carried by signed URLs, is all there
// is to it. A part that is sent again replaces the earlier one. Directories untouched for a day are
// collected. Thread-safe; a PartWriter belongs to one task.

#include "core/clock.hpp"
#include "store/file_ingest.hpp"

namespace siahub::store {

inline constexpr UnixMillis kPartUploadLife = 24LL * 60 * 60 * 1000;
inline constexpr std::uint32_t kMaxParts = 10'000;

struct UploadPart {
    std::uint32_t number = 0;  // from 1
    std::string etag;          // as PartWriter::finish() returned it, with or without quotes
};

class PartWriter {
  public:
    PartWriter(Pools pools, TempFile file, std::filesystem::path directory, std::uint32_t number);

    Task<Result<void>> feed(ByteView piece);
    // The part's ETag (hex BLAKE3, no quotes). The part is durable.
    Task<Result<std::string>> finish();

  private:
    Result<std::string> place();

    Pools pools_;
    TempFile file_;
    std::filesystem::path directory_;
    std::uint32_t number_;
    Blake3 hasher_;
};

class PartUploads {
  public:
    PartUploads(IngestSinks sinks, Layout layout);

    // A new upload's id: 32 hex digits.
    Task<Result<std::string>> create();
    // not_found when there is no such upload.
    Task<Result<std::unique_ptr<PartWriter>>> begin_part(std::string upload, std::uint32_t number);
    // The parts, which must be 1..n without a gap and have these ETags, become a file of the
    // repository; then the upload is gone. On failure it stays and can be completed again.
    Task<Result<IngestedFile>> complete(std::string upload, RowId repo,
                                        std::vector<UploadPart> parts, ExpectedFile expected);
    Task<Result<void>> abort(std::string upload);
    // Removes uploads untouched for kPartUploadLife; how many.
    Task<Result<std::size_t>> collect_stale();

  private:
    Task<Result<void>> feed_part(FileIngest& ingest, const std::filesystem::path& directory,
                                 const UploadPart& part);

    IngestSinks sinks_;
    Layout layout_;
};

}  // namespace siahub::store
