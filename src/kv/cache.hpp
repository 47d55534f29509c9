#pragma once
// A small cache that processes share: what a session or a key resolves to, so that it is looked up
// once and forgotten everywhere. An entry may vanish at any time, and may live on for its TTL where
// erase() did not get through: choose the TTL as long as a stale answer is bearable. Thread-safe.
// Keys name secrets by their SHA-256 only.

#include "kv/redis_client.hpp"
#include "kv/ttl_cache.hpp"

namespace siahub::kv {

struct Cached {
    std::string value;
    std::chrono::milliseconds ttl{0};  // what is left of it
};

class Cache {
  public:
    static constexpr std::size_t kMaxValue = std::size_t{64} * 1024;  // larger ones are not kept

    virtual ~Cache() = default;
    virtual Task<std::optional<Cached>> get(std::string key) = 0;
    // Replaces. `ttl` is positive.
    virtual Task<void> put(std::string key, std::string value, std::chrono::milliseconds ttl) = 0;
    virtual Task<void> erase(std::string key) = 0;
};

class LocalCache final : public Cache {
  public:
    LocalCache(const Clock& clock, std::size_t max_entries);
    Task<std::optional<Cached>> get(std::string key) override;
    Task<void> put(std::string key, std::string value, std::chrono::milliseconds ttl) override;
    Task<void> erase(std::string key) override;

  private:
    struct Entry {
        std::string value;
        UnixMillis expires;
    };
    const Clock& clock_;
    TtlCache<std::string, Entry> entries_;
};

// Without Redis there is nothing in it.
class RedisCache final : public Cache {
  public:
    explicit RedisCache(RedisClient& redis) : redis_(redis) {}
    Task<std::optional<Cached>> get(std::string key) override;
    Task<void> put(std::string key, std::string value, std::chrono::milliseconds ttl) override;
    Task<void> erase(std::string key) override;

  private:
    RedisClient& redis_;
};

}  // namespace siahub::kv
