#pragma once
// Runs the work of a transaction, and runs it again when it lost a race against another one.
//
//     co_return co_await db::transact(database_, db::Isolation::read_committed, write_rows, repo,
//     rows); Task<Result<Oid>> write_rows(db::Transaction& transaction, RowId repo, std::span<const
//     Row> rows);
//
// `body` is a function, or std::bind_front(&Class::member, this): no capturing lambda. It gets a
// new transaction each time and the arguments as lvalues, which it may not move from, and commits
// by itself; what it leaves uncommitted is rolled back. So it may touch nothing but the database
// until its commit() has succeeded. Arguments live until transact() is done.

#include "db/database.hpp"

#include <type_traits>
#include <utility>

namespace siahub::db {

namespace detail {
// Waits a little before the next attempt, each time longer and never all alike; false when there
// have been enough.
Task<bool> wait_to_repeat(Retry retry, int attempt);
Failure too_many_races();
}  // namespace detail

template <class Body, class... Arguments>
std::invoke_result_t<Body&, Transaction&, Arguments&...> transact(Database& database,
                                                                  Isolation isolation, Body body,
                                                                  Arguments&&... arguments) {
    for (int attempt = 1;; ++attempt) {
        auto transaction = CO_TRY(co_await database.begin(isolation));
        auto result = co_await body(*transaction, arguments...);
        if (result) co_return result;
        const auto retry = transaction->retry();
        if (retry == Retry::no) co_return result;
        transaction.reset();  // before the pause: others may wait for its locks
        if (co_await detail::wait_to_repeat(retry, attempt)) continue;
        if (retry == Retry::few_times) co_return result;
        co_return detail::too_many_races();
    }
}

}  // namespace siahub::db
