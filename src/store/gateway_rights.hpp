#pragma once
// What a gateway needs of the database, and nothing else: the recipes of files, the index and state
// of xorbs, where they lie, the version of the schema; and the log of what it served, which it may
// only append to.

#include "db/postgres_grants.hpp"

#include <array>

namespace siahub::store {

inline constexpr std::array<std::string_view, 7> kGatewayReads = {
    "schema_migrations",    "xorbs",    "xorb_bodies", "nodes", "reconstruction_files",
    "reconstruction_terms", "xorb_pins"};
inline constexpr std::array<std::string_view, 1> kGatewayAppends = {"usage_log"};

inline constexpr db::TableRights kGatewayRights{.read = kGatewayReads, .append = kGatewayAppends};

}  // namespace siahub::store
