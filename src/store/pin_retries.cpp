#include "store/pin_retries.hpp"

namespace siahub::store {

// Pins::retry_now alone sets a time of 0. Afterwards it is another one that is past: what fails
// again waits as long as everything else.
Task<Result<bool>> take_retries(db::Database& database, std::string_view node) {
    const auto wished = CO_TRY(co_await database.query(
        "SELECT 1 FROM xorb_pins WHERE node = $1 AND state IN ('stored', 'packing') "
        "AND next_try = 0 LIMIT 1",
        {node}));
    if (wished.empty()) co_return false;
    CO_TRY(co_await database.execute(
        "UPDATE xorb_pins SET next_try = 1 WHERE node = $1 AND state IN ('stored', 'packing') "
        "AND next_try = 0",
        {node}));
    co_return true;
}

}  // namespace siahub::store
