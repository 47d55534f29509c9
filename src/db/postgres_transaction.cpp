#include "db/postgres_transaction.hpp"

namespace siahub::db {
namespace {

// What one round trip of a batch carries at most.
constexpr std::size_t kBatchStatements = 256;
constexpr std::size_t kBatchBytes = 1024 * 1024;

const Params kNoParams;

std::size_t size_of(const Params& params) {
    std::size_t size = 0;
    for (const Param& param : params) {
        if (const auto* text = std::get_if<std::string_view>(&param)) size += text->size();
        if (const auto* bytes = std::get_if<ByteView>(&param)) size += bytes->size();
    }
    return size;
}

// The beginning of `batch` that goes out together: at least one element.
std::span<const Params> next_piece(std::span<const Params> batch) {
    std::size_t bytes = 0;
    std::size_t count = 0;
    while (count < batch.size() && count < kBatchStatements && bytes < kBatchBytes)
        bytes += size_of(batch[count++]);
    return batch.first(count);
}

}  // namespace

PostgresTransaction::PostgresTransaction(PostgresPool& pool, PostgresPool::Lease lease,
                                         AsyncSemaphore::Permit place, Isolation isolation)
    : pool_(pool),
      place_(std::move(place)),
      lease_(std::move(lease)),
      begin_(isolation == Isolation::serializable
                 ? "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
                 : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE") {}

Result<void> PostgresTransaction::check_open() const {
    if (state_ == State::over) return fail(Code::internal, "Database: the transaction is over.");
    if (state_ == State::failed)
        return fail(Code::unavailable, "Database: the transaction was rolled back.");
    return {};
}

Failure PostgresTransaction::note(PgFailure failure) {
    state_ = State::failed;
    retry_ = failure.retry;
    return Failure(std::move(failure).error);
}

Task<Result<std::vector<PgAnswer>>> PostgresTransaction::run(std::vector<PgStatement> statements) {
    CO_TRY(check_open());
    const bool begins = state_ == State::not_begun;
    if (begins) statements.insert(statements.begin(), {.sql = begin_, .params = &kNoParams});
    auto answers = co_await (*lease_)->exchange(statements);
    if (!answers && answers.error().connection_lost && begins && !lease_->is_fresh()) {
        // The connection died while it idled; nothing has happened yet.
        CO_TRY(co_await pool_.renew(*lease_));
        answers = co_await (*lease_)->exchange(statements);
    }
    if (!answers) co_return note(std::move(answers).error());
    state_ = State::open;
    if (begins) answers->erase(answers->begin());
    co_return *std::move(answers);
}

Task<Result<Rows>> PostgresTransaction::query(std::string_view sql, Params params) {
    auto answers = CO_TRY(co_await run({{.sql = sql, .params = &params}}));
    co_return std::move(answers.front().rows);
}

Task<Result<std::int64_t>> PostgresTransaction::execute_many(std::string_view sql,
                                                             std::span<const Params> batch) {
    CO_TRY(check_open());
    std::int64_t changed = 0;
    while (!batch.empty()) {
        const auto piece = next_piece(batch);
        batch = batch.subspan(piece.size());
        std::vector<PgStatement> statements;
        statements.reserve(piece.size() + 1);
        for (const Params& params : piece)
            statements.push_back({.sql = sql, .params = &params});
        for (const auto& answer : CO_TRY(co_await run(std::move(statements))))
            changed += answer.changed;
    }
    co_return changed;
}

Task<Result<void>> PostgresTransaction::commit() {
    CO_TRY(check_open());
    if (state_ == State::open) {
        const std::array<PgStatement, 1> commit{{{.sql = "COMMIT", .params = &kNoParams}}};
        const auto answers = co_await (*lease_)->exchange(commit);
        if (!answers && answers.error().connection_lost) {
            state_ = State::failed;
            co_return unknown_outcome();
        }
        if (!answers) co_return note(answers.error());
        if (answers->front().tag != "COMMIT") co_return note(lost_connection());
    }
    state_ = State::over;
    lease_.reset();
    place_.release();
    co_return Result<void>{};
}

}  // namespace siahub::db
