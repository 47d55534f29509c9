#pragma once
// Repositories of other hubs whose large files this hub holds (hf-proxy). Each is a row of `repos`
// of a kind of its own, private and without an owner: no list shows it, no name of the Hub API
// reaches it, and only Xet tokens made for it read or write its files. It is known by
// "<host>/<models|datasets|spaces>/<namespace>/<name>" without regard to case, as names on a hub
// are. Any thread.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/task.hpp"
#include "db/database.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace siahub::hub {

class Mirrors {
  public:
    Mirrors(db::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    // Errors: invalid_argument (not such a name).
    Task<Result<std::optional<RowId>>> find(std::string_view repository);
    // Makes it if it is not there.
    Task<Result<RowId>> open(std::string_view repository);

  private:
    Task<Result<std::optional<RowId>>> find_key(const std::string& key);

    db::Database& database_;
    const Clock& clock_;
};

// The name in lower case. Errors: invalid_argument.
Result<std::string> mirror_key(std::string_view repository);

}  // namespace siahub::hub
