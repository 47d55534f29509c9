#pragma once
// A transaction in the place of a database, for code that only reads. Who holds a lock reads
// through it: with a second connection of the pool it could wait for those who wait for its lock.
// Belongs to the task of the transaction and may not outlive it.

#include "db/database.hpp"

namespace siahub::db {

class TransactionReads final : public Database {
  public:
    explicit TransactionReads(Transaction& transaction) : transaction_(transaction) {}
    Task<Result<Rows>> query(std::string_view sql, Params params, Weight) override {
        return transaction_.query(sql, std::move(params));
    }
    // Error: internal, always; there is no transaction in a transaction.
    Task<Result<std::unique_ptr<Transaction>>> begin(Isolation) override {
        co_return fail(Code::internal, "A transaction cannot begin another one");
    }

  private:
    Transaction& transaction_;
};

}  // namespace siahub::db
