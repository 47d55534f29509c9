#pragma once
// A transaction on a connection of the pool. BEGIN travels with the first statement, so that it
// costs no round trip.

#include "db/postgres_pool.hpp"

namespace siahub::db {

class PostgresTransaction final : public Transaction {
  public:
    // `place` is the right to run a transaction, given back at the end.
    PostgresTransaction(PostgresPool& pool, PostgresPool::Lease lease, AsyncSemaphore::Permit place,
                        Isolation isolation);

    Task<Result<Rows>> query(std::string_view sql, Params params) override;
    Task<Result<std::int64_t>> execute_many(std::string_view sql,
                                            std::span<const Params> batch) override;
    Task<Result<void>> commit() override;
    [[nodiscard]] Retry retry() const override { return retry_; }

  private:
    enum class State { not_begun, open, failed, over };

    [[nodiscard]] Result<void> check_open() const;
    // Without the answer to BEGIN.
    Task<Result<std::vector<PgAnswer>>> run(std::vector<PgStatement> statements);
    Failure note(PgFailure failure);

    PostgresPool& pool_;
    AsyncSemaphore::Permit place_;  // given back after the connection
    std::optional<PostgresPool::Lease> lease_;
    std::string_view begin_;
    State state_ = State::not_begun;
    Retry retry_ = Retry::no;
};

}  // namespace siahub::db
