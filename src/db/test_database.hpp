#pragma once
// The database of a test: a SQLite file in a directory of its own or, when SIAHUB_TEST_DATABASE_URL
// names a server (tests/postgres/with_postgres.sh), a new database there. Gone with this object.

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "core/temp_dir.hpp"
#include "db/postgres.hpp"
#include "db/postgres_handles.hpp"
#include "db/sqlite.hpp"

#include <cstdlib>
#include <stdexcept>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::db {

// Empty: tests run on SQLite.
inline std::string test_server_url() {
    const char* url = std::getenv("SIAHUB_TEST_DATABASE_URL");
    return url == nullptr ? "" : url;
}

// "postgresql://user@/postgres?host=…" with another database.
inline std::string url_of_database(std::string url, std::string_view name) {
    return url.replace(url.find("/postgres?") + 1, std::string_view("postgres").size(), name);
}

// Outside a transaction, on a connection of its own; the first column of the first row.
inline std::string run_on_server(const std::string& url, const std::string& sql) {
    const PgHandle connection(PQconnectdb(url.c_str()));
    const PgResultHandle result(PQexec(connection.get(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
}

class TestDatabase {
  public:
    // `creation` goes into CREATE DATABASE, for a database without tables.
    explicit TestDatabase(const std::string& creation = "") {
        if (!on_postgres()) return;
        name_ = "test_" + random_id();
        run_on_server(test_server_url(), "CREATE DATABASE " + name_ + " TEMPLATE " +
                                             (creation.empty() ? migrated() : creation));
    }
    ~TestDatabase() {
        if (on_postgres()) run_on_server(test_server_url(), "DROP DATABASE " + name_ + " (FORCE)");
    }
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    static bool on_postgres() { return !test_server_url().empty(); }
    [[nodiscard]] std::string url() const { return url_of_database(test_server_url(), name_); }
    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "hub.db"; }

    [[nodiscard]] Result<std::unique_ptr<Database>> try_open(
        const PostgresOptions& options = {}) const {
        if (on_postgres()) return open_postgres(url(), clock_, log_, options);
        return open_sqlite(file(), clock_);
    }
    [[nodiscard]] std::unique_ptr<Database> open(const PostgresOptions& options = {}) const {
        auto opened = try_open(options);
        if (!opened) throw std::runtime_error(opened.error().message);
        return *std::move(opened);
    }

  private:
    // Copying a database with the schema takes a tenth of what migrating one does.
    static std::string migrated() {
        static const std::string name = [] {
            std::string made = "template_" + random_id();
            run_on_server(test_server_url(), "CREATE DATABASE " + made);
            const auto report =
                migrate_postgres(url_of_database(test_server_url(), made), SystemClock());
            if (!report) throw std::runtime_error(report.error().message);
            return made;
        }();
        return name;
    }

    TempDir dir_;
    SystemClock clock_;
    Log log_{Log::Level::off};
    std::string name_;
};

// Begins a transaction that writes into table t and never goes on.
inline Task<void> hold_forever(Database& database, bool& holding) {
    auto transaction = (co_await database.begin()).value();
    (void)(co_await transaction->query("INSERT INTO t VALUES (1)")).value();
    holding = true;
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

}  // namespace siahub::db
