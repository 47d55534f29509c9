#pragma once
// A mutex for tasks: a semaphore of one permit (core/async_semaphore.hpp says how waiting goes).

#include "core/async_semaphore.hpp"

namespace siahub {

class AsyncMutex {
  public:
    using Lock = AsyncSemaphore::Permit;

    Task<Lock> lock() { return one_.acquire(); }

    [[nodiscard]] bool locked() const { return one_.free() == 0; }
    [[nodiscard]] std::size_t waiting() const { return one_.waiting(); }

  private:
    AsyncSemaphore one_{1};
};

}  // namespace siahub
