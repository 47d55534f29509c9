#pragma once
// Refuses a database that a newer program has changed.

#include "core/result.hpp"
#include "db/migrations.hpp"

namespace siahub::db {

Result<void> check_schema_version(std::int64_t found, std::span<const Migration> known);

}  // namespace siahub::db
