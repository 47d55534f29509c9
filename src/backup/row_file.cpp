#include "backup/row_file.hpp"

#include "core/file_io.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace siahub::backup {
namespace {

constexpr std::size_t kBufferBytes = 1024UL * 1024;

enum class Tag : unsigned char { null, integer, real, text, blob };

Failure io_failure(const std::filesystem::path& file, std::string_view doing) {
    auto error = io_error(errno, doing);
    return fail(error.code, file.string() + ": " + error.message);
}

Result<std::shared_ptr<const FileHandle>> open_to_read(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_failure(file, "open it");
    return std::make_shared<const FileHandle>(fd);
}

Result<std::size_t> read_some(int fd, std::span<std::byte> out) {
    for (;;) {
        const auto n = ::read(fd, out.data(), out.size());
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) return Failure(io_error(errno, "read from its disk"));
    }
}

struct ValueWriter {
    Bytes& out;

    void tag(Tag tag) const { out.push_back(static_cast<std::byte>(tag)); }
    void sized(ByteView bytes) const {
        append_le(out, static_cast<std::uint32_t>(bytes.size()));
        append(out, bytes);
    }
    void operator()(std::nullptr_t) const { tag(Tag::null); }
    void operator()(std::int64_t value) const {
        tag(Tag::integer);
        append_le(out, value);
    }
    void operator()(double value) const {
        tag(Tag::real);
        append_le(out, value);
    }
    void operator()(const std::string& value) const {
        tag(Tag::text);
        sized(as_bytes(value));
    }
    void operator()(const Bytes& value) const {
        tag(Tag::blob);
        sized(value);
    }
};

}  // namespace

Result<DigestedFile> DigestedFile::create(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) return io_failure(file, "create it");
    return DigestedFile(fd);
}

Result<void> DigestedFile::append(ByteView bytes) {
    hasher_.update(bytes);
    bytes_ += bytes.size();
    return write_all(handle_->fd(), bytes);
}

Result<Digested> DigestedFile::finish() {
    if (::fsync(handle_->fd()) != 0) return Failure(io_error(errno, "sync a file"));
    return Digested{.bytes = bytes_, .digest = hasher_.digest()};
}

Result<Digested> digest_file(const std::filesystem::path& file,
                             const std::function<void(std::uint64_t)>& on_bytes) {
    const auto handle = TRY(open_to_read(file));
    Digested digested;
    Blake3 hasher;
    Bytes buffer(kBufferBytes);
    for (;;) {
        const auto n = TRY(read_some(handle->fd(), buffer));
        if (n == 0) break;
        hasher.update(ByteView(buffer).first(n));
        digested.bytes += n;
        if (on_bytes) on_bytes(n);
    }
    digested.digest = hasher.digest();
    return digested;
}

Result<void> RowWriter::add(std::span<const db::Value> row) {
    for (const db::Value& value : row)
        std::visit(ValueWriter{buffer_}, value);
    ++rows_;
    if (buffer_.size() < kBufferBytes) return {};
    TRY(file_.append(buffer_));
    buffer_.clear();
    return {};
}

Result<Digested> RowWriter::finish() {
    TRY(file_.append(buffer_));
    buffer_.clear();
    return file_.finish();
}

Result<RowReader> RowReader::open(const std::filesystem::path& file, const db::TableShape& table) {
    const auto handle = TRY(open_to_read(file));
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (error) return Failure(io_error(error.value(), "read a file"));
    return RowReader([handle](std::span<std::byte> out) { return read_some(handle->fd(), out); },
                     bytes, table);
}

RowReader::RowReader(Source source, std::uint64_t bytes, const db::TableShape& table)
    : source_(std::move(source)),
      left_(bytes),
      table_(&table),
      buffer_(std::clamp<std::uint64_t>(bytes, 1, kBufferBytes)) {}

Result<bool> RowReader::next(std::vector<db::Value>& row) {
    row.clear();
    if (left_ == 0) return false;
    for (const auto& column : table_->columns)
        row.push_back(TRY(value(column)));
    return true;
}

Result<db::Value> RowReader::value(const db::ColumnShape& column) {
    std::byte tag{};
    TRY(take({&tag, 1}));
    if (tag == static_cast<std::byte>(Tag::null)) return nullptr;
    std::array<std::byte, 8> fixed{};
    std::uint32_t size = 0;
    if (std::to_integer<int>(tag) != static_cast<int>(column.type) + 1)
        return malformed(column.name);
    if (column.type == db::ColumnType::integer || column.type == db::ColumnType::real) {
        TRY(take(fixed));
        if (column.type == db::ColumnType::integer) return load_le<std::int64_t>(fixed.data());
        return load_le<double>(fixed.data());
    }
    TRY(take(std::span(fixed).first<4>()));
    size = load_le<std::uint32_t>(fixed.data());
    if (size > left_) return malformed(column.name);
    if (column.type == db::ColumnType::text) {
        std::string text(size, '\0');
        TRY(take(std::as_writable_bytes(std::span(text))));
        return text;
    }
    Bytes blob(size);
    TRY(take(blob));
    return blob;
}

Result<void> RowReader::take(std::span<std::byte> out) {
    if (out.size() > left_) return malformed("its end");
    left_ -= out.size();
    while (!out.empty()) {
        const auto ready = TRY(buffered());
        const auto n = std::min(ready.size(), out.size());
        std::memcpy(out.data(), ready.data(), n);
        begin_ += n;
        out = out.subspan(n);
    }
    return {};
}

Result<std::span<std::byte>> RowReader::buffered() {
    if (begin_ == end_) {
        begin_ = 0;
        end_ = TRY(source_(buffer_));
        if (end_ == 0) return malformed("its end");
    }
    return std::span(buffer_).subspan(begin_, end_ - begin_);
}

Failure RowReader::malformed(std::string_view why) const {
    return fail(Code::unprocessable,
                fmt::format("The rows of {} in the backup cannot be read: {}", table_->name, why));
}

}  // namespace siahub::backup
