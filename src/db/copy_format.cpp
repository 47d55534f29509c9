#include "db/copy_format.hpp"

#include <bit>

#include <fmt/format.h>

namespace siahub::db {
namespace {

using namespace std::string_view_literals;

constexpr auto kSignature = "PGCOPY\n\377\r\n\0"sv;
constexpr std::int16_t kEnd = -1;
constexpr std::int32_t kNull = -1;

template <class Number>
void append_be(std::string& out, Number value) {
    const auto swapped = std::byteswap(value);
    out.append(reinterpret_cast<const char*>(&swapped), sizeof swapped);
}

template <class Number>
Number load_be(std::string_view at) {
    std::array<char, sizeof(Number)> bytes{};
    std::copy_n(at.begin(), bytes.size(), bytes.begin());
    return std::byteswap(std::bit_cast<Number>(bytes));
}

struct FieldWriter {
    std::string& out;

    void length(std::size_t bytes) const { append_be(out, static_cast<std::int32_t>(bytes)); }
    void operator()(std::nullptr_t) const { append_be(out, kNull); }
    void operator()(std::int64_t value) const {
        length(sizeof value);
        append_be(out, value);
    }
    void operator()(double value) const {
        length(sizeof value);
        append_be(out, std::bit_cast<std::uint64_t>(value));
    }
    void operator()(const std::string& value) const {
        length(value.size());
        out.append(value);
    }
    void operator()(const Bytes& value) const {
        length(value.size());
        out.append(as_chars(value));
    }
};

Failure malformed(const TableShape& table) {
    return fail(Code::internal,
                fmt::format("The database sent rows of {} that cannot be read", table.name));
}

std::optional<Value> parse_field(ColumnType type, std::string_view data) {
    switch (type) {
        case ColumnType::integer:
            if (data.size() != sizeof(std::int64_t)) return std::nullopt;
            return load_be<std::int64_t>(data);
        case ColumnType::real:
            if (data.size() != sizeof(double)) return std::nullopt;
            return std::bit_cast<double>(load_be<std::uint64_t>(data));
        case ColumnType::text:
            return std::string(data);
        case ColumnType::blob: {
            const auto bytes = as_bytes(data);
            return Bytes(bytes.begin(), bytes.end());
        }
    }
    return std::nullopt;
}

}  // namespace

// Takes from the front what is there as a whole, or nothing.
class CopyReader::Cursor {
  public:
    explicit Cursor(std::string_view data) : data_(data) {}
    std::optional<std::string_view> take(std::size_t size) {
        if (data_.size() - at_ < size) return std::nullopt;
        const auto piece = data_.substr(at_, size);
        at_ += size;
        return piece;
    }
    template <class Number>
    std::optional<Number> number() {
        const auto piece = take(sizeof(Number));
        if (!piece) return std::nullopt;
        return load_be<Number>(*piece);
    }
    [[nodiscard]] std::size_t position() const { return at_; }

  private:
    std::string_view data_;
    std::size_t at_ = 0;
};

CopyWriter::CopyWriter() : buffer_(kSignature) {
    append_be(buffer_, std::int32_t{0});  // flags
    append_be(buffer_, std::int32_t{0});  // length of the header's extension
}

void CopyWriter::add(std::span<const Value> row) {
    append_be(buffer_, static_cast<std::int16_t>(row.size()));
    for (const Value& value : row)
        std::visit(FieldWriter{buffer_}, value);
}

void CopyWriter::end() {
    append_be(buffer_, kEnd);
}

Result<void> CopyReader::feed(std::string_view piece, const RowSink& sink) {
    pending_ += piece;
    std::size_t done = 0;
    for (;;) {
        Cursor cursor(std::string_view(pending_).substr(done));
        if (ended_ && done < pending_.size()) return malformed(table_);
        const bool whole =
            header_seen_ ? !ended_ && TRY(take_row(cursor, sink)) : TRY(take_header(cursor));
        if (!whole) break;
        done += cursor.position();
    }
    pending_.erase(0, done);
    return {};
}

Result<bool> CopyReader::take_header(Cursor& cursor) {
    constexpr std::size_t fixed = kSignature.size() + 2 * sizeof(std::int32_t);
    const auto header = cursor.take(fixed);
    if (!header) return false;
    const auto flags = load_be<std::int32_t>(header->substr(kSignature.size()));
    const auto extension = load_be<std::int32_t>(header->substr(fixed - sizeof(std::int32_t)));
    if (!header->starts_with(kSignature) || flags != 0 || extension < 0) return malformed(table_);
    if (!cursor.take(static_cast<std::size_t>(extension))) return false;
    header_seen_ = true;
    return true;
}

Result<bool> CopyReader::take_row(Cursor& cursor, const RowSink& sink) {
    const auto count = cursor.number<std::int16_t>();
    if (!count) return false;
    if (*count == kEnd) {
        ended_ = true;
        return true;
    }
    if (*count != std::ssize(table_.columns)) return malformed(table_);
    std::vector<Value> row;
    row.reserve(table_.columns.size());
    for (const auto& column : table_.columns) {
        const auto length = cursor.number<std::int32_t>();
        if (!length) return false;
        if (*length == kNull) {
            row.emplace_back(nullptr);
            continue;
        }
        if (*length < 0) return malformed(table_);
        const auto data = cursor.take(static_cast<std::size_t>(*length));
        if (!data) return false;
        auto value = parse_field(column.type, *data);
        if (!value) return malformed(table_);
        row.push_back(*std::move(value));
    }
    TRY(sink(row));
    return true;
}

}  // namespace siahub::db
