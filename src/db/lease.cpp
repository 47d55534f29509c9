#include "db/lease.hpp"

namespace siahub::db {

Task<Result<bool>> Lease::beat(Time now) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT holder, beat FROM leases WHERE name = $1", {std::string_view(name_)}));
    if (rows.empty()) {
        const auto mine = CO_TRY(co_await database_.execute(
            "INSERT INTO leases (name, holder, beat) VALUES ($1, $2, 0) ON CONFLICT (name) "
            "DO NOTHING RETURNING beat",
            {std::string_view(name_), std::string_view(holder_)}));
        co_return !mine.empty();
    }
    Seen found{rows[0].text(0), rows[0].integer(1)};
    if (found.holder == holder_) co_return co_await raise(std::move(found));
    if (seen_ != found) {
        seen_ = std::move(found);
        seen_at_ = now;
        co_return false;
    }
    if (now - seen_at_ < patience_) co_return false;
    co_return co_await raise(*std::exchange(seen_, std::nullopt));
}

// False when somebody else was faster.
Task<Result<bool>> Lease::raise(Seen from) {
    const auto raised = CO_TRY(
        co_await database_.execute("UPDATE leases SET holder = $1, beat = beat + 1 "
                                   "WHERE name = $2 AND holder = $3 AND beat = $4 RETURNING beat",
                                   {std::string_view(holder_), std::string_view(name_),
                                    std::string_view(from.holder), from.beat}));
    co_return !raised.empty();
}

Task<Result<void>> Lease::release() {
    CO_TRY(co_await database_.execute("DELETE FROM leases WHERE name = $1 AND holder = $2",
                                      {std::string_view(name_), std::string_view(holder_)}));
    co_return Result<void>{};
}

}  // namespace siahub::db
