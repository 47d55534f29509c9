#pragma once
// One table of a backup as a file: row after row, each value with a tag in front
// (docs/formats/backup.md). Written and read as a stream; the manifest says how long the file is
// and what its BLAKE3 is. Blocks.

#include "core/file_handle.hpp"
#include "crypto/blake3.hpp"
#include "db/schema_shape.hpp"

#include <filesystem>
#include <functional>
#include <span>

namespace siahub::backup {

struct Digested {
    std::uint64_t bytes = 0;
    Blake3Digest digest{};

    friend bool operator==(const Digested&, const Digested&) = default;
};

// A new file, mode 0600, hashed as it is written.
class DigestedFile {
  public:
    static Result<DigestedFile> create(const std::filesystem::path& file);
    Result<void> append(ByteView bytes);
    Result<Digested> finish();  // durable, but for its directory

  private:
    explicit DigestedFile(int fd) : handle_(std::make_unique<FileHandle>(fd)) {}

    std::unique_ptr<FileHandle> handle_;
    Blake3 hasher_;
    std::uint64_t bytes_ = 0;
};

// Of a file as it is now. `on_bytes` hears how many more were read.
Result<Digested> digest_file(const std::filesystem::path& file,
                             const std::function<void(std::uint64_t)>& on_bytes = {});

class RowWriter {
  public:
    explicit RowWriter(DigestedFile file) : file_(std::move(file)) {}
    Result<void> add(std::span<const db::Value> row);
    Result<Digested> finish();
    [[nodiscard]] std::uint64_t rows() const { return rows_; }

  private:
    DigestedFile file_;
    Bytes buffer_;
    std::uint64_t rows_ = 0;
};

// Foreign bytes: nothing larger than what is left of the file is ever allocated.
class RowReader {
  public:
    // Fills the span as far as there is anything; 0 is the end.
    using Source = std::function<Result<std::size_t>(std::span<std::byte>)>;

    static Result<RowReader> open(const std::filesystem::path& file, const db::TableShape& table);
    // `bytes` is how many the source has.
    RowReader(Source source, std::uint64_t bytes, const db::TableShape& table);

    // False at the end. Errors: unprocessable.
    Result<bool> next(std::vector<db::Value>& row);

  private:
    Result<db::Value> value(const db::ColumnShape& column);
    Result<void> take(std::span<std::byte> out);
    Result<std::span<std::byte>> buffered();
    [[nodiscard]] Failure malformed(std::string_view why) const;

    Source source_;
    std::uint64_t left_;  // in the source and in the buffer
    const db::TableShape* table_;
    Bytes buffer_;
    std::size_t begin_ = 0, end_ = 0;
};

}  // namespace siahub::backup
