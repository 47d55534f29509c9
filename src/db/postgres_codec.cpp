#include "db/postgres_codec.hpp"

#include "core/encoding.hpp"

#include <bit>

#include <fmt/format.h>

namespace siahub::db {
namespace {

// Of pg_type.dat, where they are fixed for ever.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kUnknown = 705;
constexpr Oid kVarchar = 1043;

template <class Unsigned>
Unsigned load_be(const char* at) {
    Unsigned value;
    std::memcpy(&value, at, sizeof value);
    return std::byteswap(value);
}

std::array<char, 8> be_bytes(std::uint64_t value) {
    return std::bit_cast<std::array<char, 8>>(std::byteswap(value));
}

std::optional<Value> decode(Oid type, const char* data, std::size_t size) {
    switch (type) {
        case kBool:
            return std::int64_t{*data != 0};
        case kInt2:
            return std::int64_t{static_cast<std::int16_t>(load_be<std::uint16_t>(data))};
        case kInt4:
            return std::int64_t{static_cast<std::int32_t>(load_be<std::uint32_t>(data))};
        case kInt8:
            return static_cast<std::int64_t>(load_be<std::uint64_t>(data));
        case kFloat4:
            return double{std::bit_cast<float>(load_be<std::uint32_t>(data))};
        case kFloat8:
            return std::bit_cast<double>(load_be<std::uint64_t>(data));
        case kText:
        case kVarchar:
        case kUnknown:
            return std::string(data, size);
        case kBytea: {
            const auto bytes = std::as_bytes(std::span(data, size));
            return Bytes(bytes.begin(), bytes.end());
        }
        default:
            return std::nullopt;
    }
}

Failure unreadable(const PGresult* result, int column) {
    return fail(Code::internal,
                fmt::format("Database: column {} has the type {}, which needs a CAST.",
                            PQfname(result, column), PQftype(result, column)));
}

}  // namespace

Oid type_of(const Param& param) {
    constexpr std::array<Oid, std::variant_size_v<Param>> types{0, kInt8, kFloat8, kText, kBytea};
    return types[param.index()];
}

Result<void> EncodedParams::check(const Params& params) {
    for (const Param& param : params) {
        const auto* text = std::get_if<std::string_view>(&param);
        if (text != nullptr && (text->contains('\0') || !is_valid_utf8(*text)))
            return fail(Code::invalid_argument, "Text has to be UTF-8 without NUL characters");
    }
    return {};
}

EncodedParams::EncodedParams(const Params& params)
    : numbers_(params.size()),
      values_(params.size()),
      lengths_(params.size()),
      formats_(params.size(), 1) {
    const auto point_to = [this](std::size_t i, const char* data, std::size_t size) {
        values_[i] = data == nullptr ? "" : data;  // a null pointer would be NULL
        lengths_[i] = static_cast<int>(size);
    };
    for (std::size_t i = 0; i < params.size(); ++i) {
        if (const auto* integer = std::get_if<std::int64_t>(&params[i])) {
            numbers_[i] = be_bytes(static_cast<std::uint64_t>(*integer));
            point_to(i, numbers_[i].data(), numbers_[i].size());
        } else if (const auto* real = std::get_if<double>(&params[i])) {
            numbers_[i] = be_bytes(std::bit_cast<std::uint64_t>(*real));
            point_to(i, numbers_[i].data(), numbers_[i].size());
        } else if (const auto* text = std::get_if<std::string_view>(&params[i])) {
            point_to(i, text->data(), text->size());
        } else if (const auto* bytes = std::get_if<ByteView>(&params[i])) {
            point_to(i, as_chars(*bytes).data(), bytes->size());
        }
    }
}

Result<Rows> decode_rows(const PGresult* result) {
    const int row_count = PQntuples(result);
    const int columns = PQnfields(result);
    Rows rows;
    rows.reserve(static_cast<std::size_t>(row_count));
    for (int row = 0; row < row_count; ++row) {
        std::vector<Value> values;
        values.reserve(static_cast<std::size_t>(columns));
        for (int column = 0; column < columns; ++column) {
            if (PQgetisnull(result, row, column) != 0) {
                values.emplace_back(nullptr);
                continue;
            }
            auto value = decode(PQftype(result, column), PQgetvalue(result, row, column),
                                static_cast<std::size_t>(PQgetlength(result, row, column)));
            if (!value) return unreadable(result, column);
            values.push_back(*std::move(value));
        }
        rows.emplace_back(std::move(values));
    }
    return rows;
}

}  // namespace siahub::db
