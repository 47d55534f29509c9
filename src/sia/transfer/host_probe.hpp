#pragma once
// Whether hosts take calls of an account, found out without storing anything: each is asked for a
// sector that nobody has. That costs a fraction of a hasting, and a host checks prices, token and
// funds before it looks for the sector. What they answered, the views of the pool tell.

#include "sia/transfer/host_pool.hpp"

namespace siahub::sia {

// All at once; who has not answered by then has no fault in its view. On the executor of the pool.
Task<void> probe_hosts(HostPool& pool, std::chrono::milliseconds patience);

}  // namespace siahub::sia
