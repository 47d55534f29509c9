#include "kv/locks.hpp"

#include "core/random.hpp"
#include "kv/redis_scripts.hpp"

namespace siahub::kv {
namespace {

std::string redis_key(std::string_view name) {
    return "siahub:lock:" + std::string(name);
}

bool is_one(const Result<Reply>& reply) {
    return reply && reply->kind == Reply::Kind::integer && reply->integer == 1;
}

}  // namespace

Locks::Lease::Lease(Locks& locks, std::string name, std::string token)
    : locks_(&locks), name_(std::move(name)), token_(std::move(token)) {}

Task<bool> Locks::Lease::renew(std::chrono::milliseconds ttl) {
    return locks_->renew(name_, token_, ttl);
}

Task<bool> Locks::Lease::release() {
    return locks_->release(name_, token_);
}

Task<std::optional<Locks::Lease>> LocalLocks::try_lock(std::string name,
                                                       std::chrono::milliseconds ttl) {
    const auto now = clock_.now();
    const std::scoped_lock guard(mutex_);
    // Few locks are held at a time: dropping the ended ones here keeps the map small.
    std::erase_if(holders_, [&](const auto& holder) { return holder.second.until <= now; });
    auto token = random_id();
    if (!holders_.try_emplace(name, token, now + ttl.count()).second) co_return std::nullopt;
    co_return Lease(*this, std::move(name), std::move(token));
}

bool LocalLocks::holds(const std::string& name, const std::string& token) const {
    const auto holder = holders_.find(name);
    return holder != holders_.end() && holder->second.token == token &&
           holder->second.until > clock_.now();
}

Task<bool> LocalLocks::renew(const std::string& name, const std::string& token,
                             std::chrono::milliseconds ttl) {
    const std::scoped_lock guard(mutex_);
    if (!holds(name, token)) co_return false;
    holders_.at(name).until = clock_.now() + ttl.count();
    co_return true;
}

Task<bool> LocalLocks::release(const std::string& name, const std::string& token) {
    const std::scoped_lock guard(mutex_);
    if (!holds(name, token)) co_return false;
    holders_.erase(name);
    co_return true;
}

Task<std::optional<Locks::Lease>> RedisLocks::try_lock(std::string name,
                                                       std::chrono::milliseconds ttl) {
    auto token = random_id();
    const auto reply = co_await redis_.ask(
        encode_command({"SET", redis_key(name), token, "NX", "PX", std::to_string(ttl.count())}));
    if (!reply) co_return co_await fallback_.try_lock(std::move(name), ttl);
    if (reply->kind == Reply::Kind::nil) co_return std::nullopt;
    co_return Lease(*this, std::move(name), std::move(token));
}

Task<bool> RedisLocks::renew(const std::string& name, const std::string& token,
                             std::chrono::milliseconds ttl) {
    std::vector<std::string> words{redis_key(name), token, std::to_string(ttl.count())};
    co_return is_one(co_await redis_.eval(kRenewLock, std::move(words)));
}

Task<bool> RedisLocks::release(const std::string& name, const std::string& token) {
    std::vector<std::string> words{redis_key(name), token};
    co_return is_one(co_await redis_.eval(kReleaseLock, std::move(words)));
}

}  // namespace siahub::kv
