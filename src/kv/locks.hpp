#pragma once
// Short-lived locks by name: a hint that others need not do the same work now. Nothing's
// correctness may depend on one: a lease ends by time, and without Redis each process has locks of
// its own (what must be done once takes a lease in the database). Thread-safe.

#include "core/clock.hpp"
#include "kv/redis_client.hpp"

#include <unordered_map>

namespace siahub::kv {

class Locks {
  public:
    // One that is dropped without release() ends by time. The locks outlive their leases.
    class Lease {
      public:
        Lease(Locks& locks, std::string name, std::string token);
        Lease(Lease&& other) noexcept = default;
        Lease& operator=(Lease&& other) noexcept = default;
        // Held for `ttl` from now; false: it is not ours any more, or nobody can tell.
        Task<bool> renew(std::chrono::milliseconds ttl);
        // False: somebody else may have held it meanwhile.
        Task<bool> release();

      private:
        Locks* locks_;
        std::string name_, token_;
    };

    virtual ~Locks() = default;
    // Does not wait; nullopt while somebody holds it. `ttl` is positive.
    virtual Task<std::optional<Lease>> try_lock(std::string name,
                                                std::chrono::milliseconds ttl) = 0;

  protected:
    virtual Task<bool> renew(const std::string& name, const std::string& token,
                             std::chrono::milliseconds ttl) = 0;
    virtual Task<bool> release(const std::string& name, const std::string& token) = 0;
};

class LocalLocks final : public Locks {
  public:
    explicit LocalLocks(const Clock& clock) : clock_(clock) {}
    Task<std::optional<Lease>> try_lock(std::string name, std::chrono::milliseconds ttl) override;

  private:
    struct Holder {
        std::string token;
        UnixMillis until;
    };
    Task<bool> renew(const std::string& name, const std::string& token,
                     std::chrono::milliseconds ttl) override;
    Task<bool> release(const std::string& name, const std::string& token) override;
    [[nodiscard]] bool holds(const std::string& name, const std::string& token) const;

    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Holder> holders_;
};

// Among all processes; without Redis, in this process.
class RedisLocks final : public Locks {
  public:
    RedisLocks(RedisClient& redis, const Clock& clock) : redis_(redis), fallback_(clock) {}
    Task<std::optional<Lease>> try_lock(std::string name, std::chrono::milliseconds ttl) override;

  private:
    Task<bool> renew(const std::string& name, const std::string& token,
                     std::chrono::milliseconds ttl) override;
    Task<bool> release(const std::string& name, const std::string& token) override;

    RedisClient& redis_;
    LocalLocks fallback_;
};

}  // namespace siahub::kv
