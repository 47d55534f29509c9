#include "kv/redis_rate_limiter.hpp"

#include "kv/redis_scripts.hpp"

namespace siahub::kv {
namespace {

constexpr std::uint32_t kShareOfLimit = 100;

bool is_turn(const Result<Reply>& reply) {
    return reply && reply->list.size() == 3 &&
           std::ranges::all_of(reply->list, [](const Reply& item) {
               return item.kind == Reply::Kind::integer && item.integer >= 0 &&
                      item.integer <= UINT32_MAX;
           });
}

}  // namespace

RedisRateLimiter::RedisRateLimiter(RedisClient& redis, const Clock& clock, std::size_t max_keys)
    : redis_(redis), clock_(clock), fallback_(clock, max_keys), purses_(max_keys) {}

std::optional<Turn> RedisRateLimiter::take_now(std::string_view key, const Rate& rate) {
    if (!redis_.usable()) return fallback_.take_here(key, rate);
    return purses_.update(
        key, [] { return Purse{}; },
        [&](Purse& purse) { return take_from(purse, rate, clock_.now()); });
}

std::optional<Turn> RedisRateLimiter::take_from(Purse& purse, const Rate& rate,
                                                UnixMillis now) const {
    const std::chrono::milliseconds since(now - purse.asked_at);
    const bool fresh = since >= std::chrono::milliseconds(0);  // else the clock was set back
    // Tokens taken more than a window ago would come on top of a full bucket.
    if (!fresh || since > rate.window) purse.tokens = 0;
    if (purse.tokens > 0) {
        --purse.tokens;
        return Turn{true, purse.left + purse.tokens, std::max(purse.reset - since, {})};
    }
    if (purse.refused && fresh && since < purse.reset) return Turn{false, 0, purse.reset - since};
    return std::nullopt;
}

Task<Turn> RedisRateLimiter::take(std::string_view key, const Rate& rate) {
    const auto wanted = amount_to_ask(key, rate);
    const auto window = std::max<std::int64_t>(rate.window.count(), 1);
    std::vector<std::string> words;
    words.push_back("siahub:rate:" + std::string(key));
    words.push_back(std::to_string(rate.requests));
    words.push_back(std::to_string(window));
    words.push_back(std::to_string(wanted));
    const auto reply = co_await redis_.eval(kTakeTokens, std::move(words));
    if (!is_turn(reply)) co_return fallback_.take_here(key, rate);
    co_return note(key, static_cast<std::uint32_t>(reply->list[0].integer),
                   static_cast<std::uint32_t>(reply->list[1].integer),
                   std::chrono::milliseconds(reply->list[2].integer));
}

// A share for the first who asks; those who come before he is back take what they need, or else
// many at once would leave nothing for other processes.
std::uint32_t RedisRateLimiter::amount_to_ask(std::string_view key, const Rate& rate) {
    const bool first = purses_.update(
        key, [] { return Purse{}; },
        [](Purse& purse) { return !std::exchange(purse.asking, true); });
    return first ? std::max(rate.requests / kShareOfLimit, 1U) : 1;
}

Turn RedisRateLimiter::note(std::string_view key, std::uint32_t taken, std::uint32_t left,
                            std::chrono::milliseconds reset) {
    return purses_.update(
        key, [] { return Purse{}; },
        [&](Purse& purse) {
            purse.asking = false;
            purse.refused = taken == 0;
            purse.left = left;
            purse.reset = reset;
            purse.asked_at = clock_.now();
            if (taken == 0) return Turn{false, 0, reset};
            purse.tokens += taken - 1;
            return Turn{true, left + purse.tokens, reset};
        });
}

}  // namespace siahub::kv
