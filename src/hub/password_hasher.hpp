#pragma once
// Hashes and checks passwords on a work pool, a few at a time: each takes 64 MiB while it runs
// (crypto/password_hash.hpp), so that a crowd at the door costs time and no memory. Who would wait
// too long is refused. Any thread. Errors: unavailable.

#include "core/async_semaphore.hpp"
#include "core/work_pool.hpp"

#include <optional>
#include <string>

namespace siahub::hub {

class PasswordHasher {
  public:
    // The pool outlives it.
    explicit PasswordHasher(WorkPool& pool)
        : pool_(pool), turns_(std::max<std::size_t>(pool.threads() / 2, 1)) {}

    Task<Result<std::string>> hash(std::string password);
    // Without a hash it is false after the same time: that there is no such account does not show.
    Task<Result<bool>> verify(std::optional<std::string> hash, std::string password);

  private:
    static constexpr std::size_t kMaxWaiting = 64;
    Task<Result<AsyncSemaphore::Permit>> take_turn();

    WorkPool& pool_;
    AsyncSemaphore turns_;
};

}  // namespace siahub::hub
