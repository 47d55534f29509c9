#pragma once
// Walks a table whose key is a hash in parts, as hashes are spread evenly: a statement of a minute
// can neither be ended nor does it leave anybody else a thread. Any thread.

#include "db/database.hpp"

#include <atomic>
#include <functional>

namespace siahub::hub {

// Runs `sql`, which keeps to hashes from $1 on and below $2, over all hashes: in one go while there
// are few xorbs, else part by part. Ends early, with an error, once `stopped` is set.
Task<Result<void>> for_hash_parts(db::Database& database, std::string_view sql,
                                  const std::atomic<bool>& stopped,
                                  std::function<void(const db::Row&)> add,
                                  std::int64_t few = 100'000);

}  // namespace siahub::hub
