#pragma once
// What a process needs, as /ready asks for it. Everything passed in outlives the checks.

#include "db/database.hpp"
#include "http/client.hpp"
#include "http/readiness.hpp"
#include "kv/shared_state.hpp"

#include <filesystem>

namespace siahub::app {

http::Readiness::Check database_check(db::Database& database);
// Whether it answers at all. `home` is one of the client's threads: the question may come from
// another.
http::Readiness::Check origin_check(http::Client& client, http::Origin origin,
                                    asio::any_io_executor home);
http::Readiness::Check redis_check(const kv::SharedState& shared);
// Nearly full is degraded: downloads go on.
http::Readiness::Check disk_check(std::filesystem::path directory);

}  // namespace siahub::app
