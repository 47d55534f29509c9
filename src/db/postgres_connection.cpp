#include "db/postgres_connection.hpp"

#include "db/postgres_codec.hpp"
#include "db/socket_watch.hpp"

#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace siahub::db {
namespace {

constexpr int kBinary = 1;

std::int64_t changed_rows(PGresult* result) {
    const std::string_view text = PQcmdTuples(result);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::adopt(PgHandle handle,
                                                                      SilenceWatch& silence) {
    const int socket = ::fcntl(PQsocket(handle.get()), F_DUPFD_CLOEXEC, 0);
    if (socket < 0 || PQsetnonblocking(handle.get(), 1) != 0 ||
        PQenterPipelineMode(handle.get()) == 0) {
        if (socket >= 0) ::close(socket);
        return std::unexpected(lost_connection().error);
    }
    return std::unique_ptr<PostgresConnection>(
        new PostgresConnection(std::move(handle), socket, silence));
}

PostgresConnection::PostgresConnection(PgHandle handle, int socket, SilenceWatch& silence)
    : handle_(std::move(handle)), socket_(socket), silence_(silence) {}

PostgresConnection::~PostgresConnection() {
    ::close(socket_);
}

bool PostgresConnection::usable() const {
    return !in_exchange_ && !statements_.full() && !is_lost();
}

bool PostgresConnection::is_stale() const {
    char byte = 0;
    const auto waiting = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (waiting < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
    return waiting == 0 || !owes_rollback_;
}

bool PostgresConnection::in_transaction() const {
    return !owes_rollback_ && PQtransactionStatus(handle_.get()) != PQTRANS_IDLE;
}

std::string PostgresConnection::cause() const {
    return PQerrorMessage(handle_.get());
}

Task<PgResult<std::vector<PgAnswer>>> PostgresConnection::exchange(
    std::span<const PgStatement> statements) {
    for (const auto& statement : statements)
        if (auto checked = EncodedParams::check(*statement.params); !checked)
            co_return std::unexpected(PgFailure{.error = std::move(checked).error()});
    if (in_exchange_) co_return std::unexpected(lost_connection());
    in_exchange_ = true;
    SocketWatch watch(socket_, silence_);
    if (owes_rollback_) {
        const auto rolled_back = co_await take_answer(watch);
        if (!rolled_back || !co_await take_sync(watch))
            co_return std::unexpected(lost_connection());
        owes_rollback_ = false;
    }
    const auto steps = send(statements);
    if (!steps) co_return std::unexpected(steps.error());
    if (!co_await flush(watch)) co_return std::unexpected(lost_connection());
    auto answers = co_await take_answers(watch, *steps);
    if (!answers && answers.error().connection_lost) co_return answers;
    if (!co_await take_sync(watch)) co_return std::unexpected(lost_connection());
    if (!answers) statements_.forget_unprepared();
    in_exchange_ = false;
    co_return answers;
}

PgResult<std::vector<PostgresConnection::Step>> PostgresConnection::send(
    std::span<const PgStatement> statements) {
    std::vector<Step> steps;
    steps.reserve(statements.size() + 1);
    for (const auto& statement : statements)
        if (!send_one(statement, steps)) return std::unexpected(lost_connection());
    if (PQpipelineSync(handle_.get()) == 0) return std::unexpected(lost_connection());
    return steps;
}

bool PostgresConnection::send_one(const PgStatement& wanted, std::vector<Step>& steps) {
    auto& statement = statements_.find(wanted.sql, *wanted.params);
    if (statement.state == PostgresStatements::State::unknown) {
        const std::string text(wanted.sql);
        if (PQsendPrepare(handle_.get(), statement.name.c_str(), text.c_str(),
                          static_cast<int>(statement.types.size()), statement.types.data()) == 0)
            return false;
        statement.state = PostgresStatements::State::sent;
        steps.push_back({.statement = &statement, .is_prepare = true});
    }
    const EncodedParams params(*wanted.params);
    steps.push_back({.statement = &statement});
    return PQsendQueryPrepared(handle_.get(), statement.name.c_str(), params.count(),
                               params.values(), params.lengths(), params.formats(), kBinary) != 0;
}

// Reads while it writes, so that server and client never both wait for the other to read.
Task<bool> PostgresConnection::flush(SocketWatch& watch) {
    for (;;) {
        const int left = PQflush(handle_.get());
        if (left <= 0) co_return left == 0;
        co_await watch.readable_or_writable();
        if (PQconsumeInput(handle_.get()) == 0) co_return false;
    }
}

Task<PgResult<std::vector<PgAnswer>>> PostgresConnection::take_answers(
    SocketWatch& watch, std::span<const Step> steps) {
    std::vector<PgAnswer> answers;
    std::optional<PgFailure> failure;
    for (const Step& step : steps) {
        auto answer = co_await take_answer(watch);
        if (!answer) {
            // What follows the first failure is answered with "aborted".
            if (!failure) failure = std::move(answer).error();
            if (failure->connection_lost) break;
        } else if (step.is_prepare) {
            step.statement->state = PostgresStatements::State::prepared;
        } else {
            answers.push_back(*std::move(answer));
        }
    }
    if (failure) co_return std::unexpected(*std::move(failure));
    co_return answers;
}

Task<PgResult<PgAnswer>> PostgresConnection::take_answer(SocketWatch& watch) {
    PgResult<PgAnswer> answer = std::unexpected(lost_connection());
    const auto result = co_await next_result(watch);
    switch (PQresultStatus(result.get())) {
        case PGRES_TUPLES_OK: {
            auto rows = decode_rows(result.get());
            if (rows)
                answer = PgAnswer{.rows = *std::move(rows),
                                  .changed = changed_rows(result.get()),
                                  .tag = PQcmdStatus(result.get())};
            else
                answer = std::unexpected(PgFailure{.error = std::move(rows).error()});
            break;
        }
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY:
            answer = PgAnswer{.rows = {},
                              .changed = changed_rows(result.get()),
                              .tag = PQcmdStatus(result.get())};
            break;
        case PGRES_PIPELINE_ABORTED:
            answer = std::unexpected(
                PgFailure{.error = {Code::unavailable, "Database: the transaction has failed."}});
            break;
        default:  // PGRES_FATAL_ERROR; nobody sends COPY
            if (result) answer = std::unexpected(failure_of(result.get()));
    }
    if (answer || !answer.error().connection_lost)
        if (co_await next_result(watch)) answer = std::unexpected(lost_connection());
    co_return answer;
}

Task<bool> PostgresConnection::take_sync(SocketWatch& watch) {
    const auto result = co_await next_result(watch);
    co_return PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC;
}

Task<PgResultHandle> PostgresConnection::next_result(SocketWatch& watch) {
    while (PQisBusy(handle_.get()) != 0) {
        co_await watch.readable();
        if (PQconsumeInput(handle_.get()) == 0) co_return PgResultHandle();
    }
    co_return PgResultHandle(PQgetResult(handle_.get()));
}

bool PostgresConnection::abandon_transaction() noexcept {
    if (!usable() ||
        PQsendQueryParams(handle_.get(), "ROLLBACK", 0, nullptr, nullptr, nullptr, nullptr,
                          kBinary) == 0 ||
        PQpipelineSync(handle_.get()) == 0 || PQflush(handle_.get()) != 0)
        return false;
    owes_rollback_ = true;
    return true;
}

}  // namespace siahub::db
