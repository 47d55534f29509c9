#include "kv/cache.hpp"

#include "kv/redis_scripts.hpp"

namespace siahub::kv {
namespace {

std::string redis_key(std::string_view key) {
    return "siahub:cache:" + std::string(key);
}

}  // namespace

LocalCache::LocalCache(const Clock& clock, std::size_t max_entries)
    : clock_(clock), entries_(clock, max_entries, 0) {}

Task<std::optional<Cached>> LocalCache::get(std::string key) {
    auto entry = entries_.get(key);
    if (!entry) co_return std::nullopt;
    co_return Cached{std::move(entry->value),
                     std::chrono::milliseconds(entry->expires - clock_.now())};
}

Task<void> LocalCache::put(std::string key, std::string value, std::chrono::milliseconds ttl) {
    if (value.size() > kMaxValue)
        entries_.erase(key);
    else
        entries_.put(key, {std::move(value), clock_.now() + ttl.count()}, ttl.count());
    co_return;
}

Task<void> LocalCache::erase(std::string key) {
    entries_.erase(key);
    co_return;
}

Task<std::optional<Cached>> RedisCache::get(std::string key) {
    if (!redis_.usable()) co_return std::nullopt;
    std::vector<std::string> words{redis_key(key)};
    auto reply = co_await redis_.eval(kGetWithTtl, std::move(words));
    if (!reply || reply->list.size() != 2) co_return std::nullopt;
    auto& value = reply->list[0];
    const auto& ttl = reply->list[1];
    if (value.kind != Reply::Kind::text || ttl.integer <= 0) co_return std::nullopt;
    co_return Cached{std::move(value.text), std::chrono::milliseconds(ttl.integer)};
}

Task<void> RedisCache::put(std::string key, std::string value, std::chrono::milliseconds ttl) {
    if (value.size() > kMaxValue) co_return co_await erase(std::move(key));
    co_await redis_.ask(
        encode_command({"SET", redis_key(key), value, "PX", std::to_string(ttl.count())}));
}

Task<void> RedisCache::erase(std::string key) {
    co_await redis_.ask(encode_command({"DEL", redis_key(key)}));
}

}  // namespace siahub::kv
