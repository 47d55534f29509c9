#pragma once
// Values of database columns that are more than what SQL knows.

#include "crypto/digest.hpp"
#include "db/database.hpp"
#include "xet/hash.hpp"

namespace siahub::store {

// 32 raw bytes. Anything else in the column means a damaged database and throws.
xet::Hash hash_column(const db::Row& row, std::size_t column);
Sha256 sha256_column(const db::Row& row, std::size_t column);

// For parameters: sizes and counts fit in 63 bits.
inline std::int64_t as_integer(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}
inline std::uint64_t unsigned_column(const db::Row& row, std::size_t column) {
    return static_cast<std::uint64_t>(row.integer(column));
}

}  // namespace siahub::store
