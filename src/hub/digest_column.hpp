#pragma once
// SHA-256 digests in columns.

#include "crypto/digest.hpp"
#include "db/database.hpp"

#include <algorithm>

namespace siahub::hub {

inline Sha256 digest_column(const db::Row& row, std::size_t column) {
    Sha256 digest{};
    const auto& bytes = row.blob(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
}

}  // namespace siahub::hub
