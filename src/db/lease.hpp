#pragma once
// Work that one process does for all that share a database: whoever holds the lease of its name
// does it. The holder raises a counter; who sees the counter stand still for `patience`, by a clock
// of its own, takes over. So clocks of different hosts are never compared. A holder that slept
// through its patience may not know yet that it lost: what is done under a lease must be harmless
// when two do it at once. Belongs to one task.

#include "db/database.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace siahub::db {

class Lease {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // `holder` names this process among all, and stays the same over its restarts.
    Lease(Database& database, std::string name, std::string holder,
          std::chrono::milliseconds patience)
        : database_(database),
          name_(std::move(name)),
          holder_(std::move(holder)),
          patience_(patience) {}

    // Keeps the lease, or takes it when it is free; whether it is ours. To be called several times
    // within `patience`.
    Task<Result<bool>> beat(Time now);
    // Lets others have it at once.
    Task<Result<void>> release();

  private:
    struct Seen {
        std::string holder;
        std::int64_t beat = 0;
        friend bool operator==(const Seen&, const Seen&) = default;
    };
    Task<Result<bool>> raise(Seen from);

    Database& database_;
    const std::string name_;
    const std::string holder_;
    const std::chrono::milliseconds patience_;
    std::optional<Seen> seen_;
    Time seen_at_;  // when it was first seen so
};

}  // namespace siahub::db
