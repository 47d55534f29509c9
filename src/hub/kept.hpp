#pragma once
// A value that costs a scan to find out, kept for a minute, or longer where finding it out takes
// longer than a second: at most a fiftieth of the time goes into it. While one caller finds it out
// anew the others get the old one; before there is any they wait for the first. Any thread.

#include "core/async_mutex.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"

#include <functional>
#include <memory>
#include <mutex>

namespace siahub::hub {

template <class T>
class Kept {
  public:
    using Value = std::shared_ptr<const T>;
    using Find = std::function<Task<Result<T>>()>;

    explicit Kept(const Clock& clock) : clock_(clock) {}

    Task<Result<Value>> get(Find find) {
        if (auto kept = fresh()) co_return kept;
        if (turn_.locked())
            if (auto old = any()) co_return old;
        const auto turn = co_await turn_.lock();
        if (auto kept = fresh()) co_return kept;
        const auto begin = std::chrono::steady_clock::now();
        auto found = std::make_shared<const T>(CO_TRY(co_await find()));
        keep(found, std::chrono::steady_clock::now() - begin);
        co_return found;
    }

  private:
    static constexpr UnixMillis kAtLeast = 60'000;
    static constexpr int kShare = 50;

    Value fresh() {
        const std::scoped_lock guard(mutex_);
        return clock_.now() < until_ ? value_ : nullptr;
    }
    Value any() {
        const std::scoped_lock guard(mutex_);
        return value_;
    }
    void keep(Value value, std::chrono::steady_clock::duration took) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
        const std::scoped_lock guard(mutex_);
        value_ = std::move(value);
        until_ = clock_.now() + std::max<UnixMillis>(kAtLeast, ms * kShare);
    }

    const Clock& clock_;
    AsyncMutex turn_;
    std::mutex mutex_;
    Value value_;           // guarded by mutex_
    UnixMillis until_ = 0;  // guarded by mutex_
};

}  // namespace siahub::hub
