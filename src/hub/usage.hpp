#pragma once
// Who moved how much, from usage_log and repo_downloads (docs/counters.md). Days are those of UTC.
// Names of repositories are told to those who may read them; what others did in those is summed up
// in one row without a name. Costs: one walk over the sums of those days (hub/usage_days.hpp) and
// over the lines of the last minute. Any thread.

#include "db/database.hpp"
#include "hub/caller.hpp"

#include <optional>
#include <string>
#include <vector>

namespace siahub::hub {

enum class UsageBy { day, key, repo, user };
std::optional<UsageBy> parse_usage_by(std::string_view word);

struct UsageRow {
    std::optional<std::string> id;  // a date, the id of a key, "models/ns/name", a user's name
    std::string label;
    std::int64_t uploads = 0, downloads = 0, commits = 0;
    std::int64_t bytes_in = 0, bytes_out = 0, dedup_saved = 0;
    std::int64_t cache_hits = 0, cache_misses = 0;
};

struct RepoDay {
    std::string date;
    std::int64_t downloads = 0, bytes_out = 0, bytes_in = 0;
};

class Usage {
  public:
    static constexpr std::size_t kMostRows = 1000;

    Usage(db::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    // `days`: today and so many before that it makes this number. By day: each day, oldest first;
    // else the largest first.
    Task<Result<std::vector<UsageRow>>> of_caller(const Caller& caller, UsageBy by,
                                                  std::int64_t days);
    Task<Result<std::vector<UsageRow>>> of_hub(const Caller& caller, UsageBy by, std::int64_t days);
    Task<Result<std::vector<RepoDay>>> of_repo(RowId repo, std::int64_t days);

  private:
    struct Group;
    Task<Result<std::vector<UsageRow>>> render(std::vector<Group> groups, const Caller& caller,
                                               UsageBy by, std::int64_t days);
    Task<Result<void>> name(Group& group, const Caller& caller, UsageBy by);
    Task<Result<void>> name_repo(Group& group, const Caller& caller);
    Task<Result<void>> name_key(Group& group);
    Task<Result<void>> name_user(Group& group);
    [[nodiscard]] std::int64_t first_day(std::int64_t days) const;

    db::Database& database_;
    const Clock& clock_;
};

}  // namespace siahub::hub
