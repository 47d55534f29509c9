#pragma once
// The lines of usage_log summed up by day in usage_days, for everybody and for each user: by day,
// by key, by repository and (for everybody) by user. Whoever wants a sum adds what the sums have
// and the lines that are not in them yet, in one statement, which sees a line in one of the two. A
// line is claimed in the transaction that adds it, so it is in the sums once, whenever it came,
// whatever its day, and however many processes add. Any thread.

#include "db/database.hpp"

namespace siahub::hub {

class UsageDays {
  public:
    static constexpr std::int64_t kEverybody = -1;

    explicit UsageDays(db::Database& database) : database_(database) {}

    // Adds up to `most` lines to the sums; whether there may be more.
    Task<Result<bool>> add_new(std::int64_t most = 1000);
    // Sums of days of which there are no lines any more.
    Task<Result<void>> remove_before(std::int64_t day);

  private:
    db::Database& database_;
};

}  // namespace siahub::hub
