#pragma once
// What the tests of every driver of Database start from: an open one, and rows without ceremony.

#include "core/run_task.hpp"
#include "db/test_database.hpp"

#include <gtest/gtest.h>

namespace siahub::db {

class DatabaseTest : public ::testing::Test {
  protected:
    std::unique_ptr<Database> open() { return place_.open(); }
    static Rows rows(Database& database, std::string_view sql, Params params = {}) {
        return run_task(database.execute(sql, std::move(params))).value();
    }

    TestDatabase place_;
};

}  // namespace siahub::db
