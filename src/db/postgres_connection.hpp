#pragma once
// One connection to PostgreSQL, used by one task at a time on that task's executor. It stays in
// libpq's pipeline mode: an exchange sends any number of statements and reads all their answers, in
// one round trip. A task that goes away in the middle of an exchange leaves the connection
// unusable.

#include "db/postgres_failure.hpp"
#include "db/postgres_handles.hpp"
#include "db/postgres_statements.hpp"
#include "db/silence_watch.hpp"

namespace siahub::db {

class SocketWatch;

struct PgStatement {
    std::string_view sql;
    const Params* params = nullptr;
};

struct PgAnswer {
    Rows rows;
    std::int64_t changed = 0;  // rows
    std::string tag;           // "COMMIT", "INSERT 0 1"
};

class PostgresConnection {
  public:
    // Takes over a connection that is up and idle. The watch outlives it.
    static Result<std::unique_ptr<PostgresConnection>> adopt(PgHandle handle,
                                                             SilenceWatch& silence);
    ~PostgresConnection();
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;

    // The answers in order, or the first failure; what follows a failure is not run.
    Task<PgResult<std::vector<PgAnswer>>> exchange(std::span<const PgStatement> statements);
    // Rolls back without waiting for the answer, which the next exchange takes. False: the
    // connection has to be closed.
    bool abandon_transaction() noexcept;

    [[nodiscard]] bool usable() const;
    [[nodiscard]] bool in_transaction() const;
    // Of a connection that idles: the server has hung up, or has something to say nobody asked for.
    [[nodiscard]] bool is_stale() const;
    [[nodiscard]] bool is_lost() const { return PQstatus(handle_.get()) != CONNECTION_OK; }
    // Why the connection broke; for the log only.
    [[nodiscard]] std::string cause() const;

  private:
    // What the server has been asked and has not answered yet.
    struct Step {
        PostgresStatements::Statement* statement = nullptr;
        bool is_prepare = false;
    };

    PostgresConnection(PgHandle handle, int socket, SilenceWatch& silence);
    PgResult<std::vector<Step>> send(std::span<const PgStatement> statements);
    bool send_one(const PgStatement& wanted, std::vector<Step>& steps);
    Task<bool> flush(SocketWatch& watch);
    Task<PgResult<std::vector<PgAnswer>>> take_answers(SocketWatch& watch,
                                                       std::span<const Step> steps);
    Task<PgResult<PgAnswer>> take_answer(SocketWatch& watch);
    Task<bool> take_sync(SocketWatch& watch);
    Task<PgResultHandle> next_result(SocketWatch& watch);

    PgHandle handle_;
    // A duplicate, because libpq closes its own when the server hangs up, and the number would soon
    // be somebody else's while a reactor still watches it.
    int socket_;
    SilenceWatch& silence_;
    PostgresStatements statements_;
    bool in_exchange_ = false;
    bool owes_rollback_ = false;
};

}  // namespace siahub::db
