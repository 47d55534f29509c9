#pragma once
// What the tests of PostgreSQL alone start from. Without a server (tests/postgres/with_postgres.sh)
// there are none of them.

#include "core/run_task.hpp"
#include "db/postgres.hpp"
#include "db/test_database.hpp"

#include <gtest/gtest.h>

namespace siahub::db {

inline std::vector<std::string> servers() {
    if (test_server_url().empty()) return {};
    return {test_server_url()};
}

class PostgresTest : public ::testing::TestWithParam<std::string> {
  protected:
    std::unique_ptr<Database> open(const PostgresOptions& options = {}) {
        return place_.open(options);
    }
    static Rows rows(Database& database, std::string_view sql, Params params = {}) {
        return run_task(database.execute(sql, std::move(params))).value();
    }
    std::string admin(const std::string& sql) { return run_on_server(place_.url(), sql); }

    TestDatabase place_;
    SystemClock clock_;
    Log log_{Log::Level::off};
};

}  // namespace siahub::db
