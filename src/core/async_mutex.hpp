#pragma once
// A mutex for tasks: a semaphore of one permit (core/async_semaphore.hpp says how waiting goes).

#include "core/async_semaphore.hpp"

namespace siahub {

class AsyncMutex {
  public:
    using Lock = AsyncSemaphore::Permit;

    Task<Lock> lock() { return one_.acquire(); }

  private:
    AsyncSemaphore one_{1};
};

}  // namespace siahub
