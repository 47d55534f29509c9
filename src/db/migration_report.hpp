#pragma once
// What bringing a schema up to date did.

#include <cstdint>

namespace siahub::db {

struct MigrationReport {
    std::int64_t before = 0;  // version of the schema; 0 is an empty database
    std::int64_t after = 0;
};

}  // namespace siahub::db
