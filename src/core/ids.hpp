#pragma once
// Row ids: 41 bits of Unix milliseconds and 22 random bits, so that they sort by age, fit a signed
// 64-bit column and can be made by any process without asking the database.

#include "core/clock.hpp"

#include <cstdint>
#include <string>

namespace siahub {

using RowId = std::int64_t;

RowId new_row_id(UnixMillis now);
// The 24 hex digits that the Hub API shows as `_id`.
std::string public_id(RowId id);

}  // namespace siahub
