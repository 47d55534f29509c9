#pragma once
// The wish of an operator that a pin be tried now (Pins::retry_now), which may come from any
// process: the node that has the body finds it in the row. Any thread.

#include "db/database.hpp"

#include <string_view>

namespace siahub::store {

// Whether somebody has wished that of this node since the last call. What was wished for is due.
Task<Result<bool>> take_retries(db::Database& database, std::string_view node);

}  // namespace siahub::store
