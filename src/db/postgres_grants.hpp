#pragma once
// Gives a role of PostgreSQL the rights on some tables of the schema, and takes every other right
// on tables from it. Blocks. Errors: not_found when there is no such role; unavailable.

#include "core/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace siahub::db {

struct TableRights {
    std::span<const std::string_view> read;    // SELECT
    std::span<const std::string_view> append;  // INSERT
};

Result<void> grant_exactly(const std::string& url, std::string_view role,
                           const TableRights& rights);

}  // namespace siahub::db
