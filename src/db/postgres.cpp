#include "db/postgres.hpp"

#include "db/migrations.hpp"
#include "db/postgres_migrator.hpp"
#include "db/postgres_transaction.hpp"

namespace siahub::db {
namespace {

const Params kNoParams;

class PostgresDatabase final : public Database {
  public:
    PostgresDatabase(PostgresConnector connector, const PostgresOptions& options, const Log& log)
        : pool_(std::move(connector), options, log),
          places_(std::max<std::size_t>(options.connections, 2) - 1) {}

    Task<Result<Rows>> query(std::string_view sql, Params params, Weight) override {
        auto lease = CO_TRY(co_await pool_.acquire());
        const std::array<PgStatement, 1> read{{{.sql = sql, .params = &params}}};
        co_return last_rows(co_await run(lease, read));
    }

    Task<Result<Rows>> execute(std::string_view sql, Params params) override {
        auto lease = CO_TRY(co_await pool_.acquire());
        const std::array<PgStatement, 3> write{
            {{.sql = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", .params = &kNoParams},
             {.sql = sql, .params = &params},
             {.sql = "COMMIT", .params = &kNoParams}}};
        auto answers = co_await lease->exchange(write);
        if (answers) co_return std::move((*answers)[1].rows);
        if (answers.error().connection_lost) co_return unknown_outcome();
        co_return std::unexpected(std::move(answers).error().error);
    }

    Task<Result<std::unique_ptr<Transaction>>> begin(Isolation isolation) override {
        auto place = co_await places_.acquire();
        auto lease = CO_TRY(co_await pool_.acquire());
        co_return std::make_unique<PostgresTransaction>(pool_, std::move(lease), std::move(place),
                                                        isolation);
    }

    [[nodiscard]] DatabaseStats stats() const override {
        auto stats = pool_.stats();
        stats.waiting += places_.waiting();
        return stats;
    }

  private:
    // Sessions cannot write outside a transaction, so doing it again does no harm.
    Task<PgResult<std::vector<PgAnswer>>> run(PostgresPool::Lease& lease,
                                              std::span<const PgStatement> read) {
        auto answers = co_await lease->exchange(read);
        if (answers || !answers.error().connection_lost || lease.is_fresh()) co_return answers;
        if (auto renewed = co_await pool_.renew(lease); !renewed)
            co_return std::unexpected(PgFailure{.error = std::move(renewed).error()});
        co_return co_await lease->exchange(read);
    }

    static Result<Rows> last_rows(PgResult<std::vector<PgAnswer>> answers) {
        if (!answers) return std::unexpected(std::move(answers).error().error);
        return std::move(answers->back().rows);
    }

    PostgresPool pool_;
    // Fewer than connections, so that reads beside a transaction always find one in the end.
    AsyncSemaphore places_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& url, const Clock& clock,
                                                const Log& log, const PostgresOptions& options) {
    PostgresConnector connector(url, options);
    TRY(bring_up_to_date(connector, embedded_migrations(), clock));
    return std::make_unique<PostgresDatabase>(std::move(connector), options, log);
}

Result<MigrationReport> migrate_postgres(const std::string& url, const Clock& clock) {
    return bring_up_to_date(PostgresConnector(url, {}), embedded_migrations(), clock);
}

}  // namespace siahub::db
