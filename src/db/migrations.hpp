#pragma once
// The schema as numbered SQL scripts, embedded at build time from src/db/migrations. A script never
// changes once it was released; a change of the schema is a new script.

#include <cstdint>
#include <span>
#include <string_view>

namespace siahub::db {

struct Migration {
    std::int64_t version = 0;
    std::string_view name;
    std::string_view sql;
};

// In order of version, from 1 without a gap.
std::span<const Migration> embedded_migrations();

}  // namespace siahub::db
