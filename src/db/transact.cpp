#include "db/transact.hpp"

#include "core/random.hpp"

#include <boost/asio/steady_timer.hpp>

namespace siahub::db::detail {
namespace {

// Every round of a race has a winner, so this many losses in a row need hundreds of competitors.
constexpr int kAttempts = 40;
constexpr int kFewAttempts = 4;
constexpr std::uint32_t kFirstPause = 1'000;  // microseconds
constexpr std::uint32_t kLongestPause = 100'000;

std::chrono::microseconds jittered_pause(int attempt) {
    const auto longest = std::min(kLongestPause, kFirstPause << std::min(attempt, 10));
    std::array<std::byte, 4> random{};
    fill_random(random);
    return std::chrono::microseconds(load_le<std::uint32_t>(random.data()) % longest);
}

}  // namespace

Task<bool> wait_to_repeat(Retry retry, int attempt) {
    if (attempt >= (retry == Retry::few_times ? kFewAttempts : kAttempts)) co_return false;
    asio::steady_timer pause(co_await asio::this_coro::executor, jittered_pause(attempt));
    co_await pause.async_wait(asio::use_awaitable);
    co_return true;
}

Failure too_many_races() {
    return fail(Code::unavailable,
                "Database: too many others changed the same data at once; try again.");
}

}  // namespace siahub::db::detail
