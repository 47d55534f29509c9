#pragma once
// A figure that costs a scan. While counting it is quick it is counted for whoever asks, and kept
// for a while. Once it has become slow nobody waits for it any more: the last one is the answer,
// however old, and renew(), which a task in the background calls every few seconds, counts it anew
// when somebody has asked, but takes at most a fiftieth of the time. A slow figure is also written
// to the database, so that a process that starts has an answer, and others of the hub need not
// count. Only the very first count of a slow figure is waited for. Any thread.
//
// T has conversions from and to JSON.

#include "core/async_mutex.hpp"
#include "hub/figure_shelf.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include <boost/json.hpp>

namespace siahub::hub {

struct LongCountRules {
    UnixMillis at_least = 60'000;               // how long a figure is kept
    std::chrono::milliseconds slow_after{200};  // what takes longer is slow
};

template <class T>
struct Counted {
    std::shared_ptr<const T> value;
    UnixMillis at = 0;

    const T& operator*() const { return *value; }
    const T* operator->() const { return value.get(); }
};

template <class T>
class LongCount {
  public:
    using Value = std::shared_ptr<const T>;
    using Find = std::function<Task<Result<T>>()>;

    LongCount(db::Database& database, const Clock& clock, std::string name, Find find,
              LongCountRules rules = {})
        : shelf_(database, std::move(name)), clock_(clock), find_(std::move(find)), rules_(rules) {}

    Task<Result<Counted<T>>> get() {
        if (auto known = usable(turn_.locked())) co_return *std::move(known);
        const auto turn = co_await turn_.lock();
        if (auto known = usable(false)) co_return *std::move(known);
        if (!looked_) CO_TRY(co_await look());
        if (auto known = usable(false)) co_return *std::move(known);
        co_return co_await count();
    }

    Task<Result<void>> renew() {
        if (!is_due()) co_return Result<void>{};
        const auto turn = co_await turn_.lock();
        CO_TRY(co_await look());  // another process may have been faster
        if (is_due()) CO_TRY(co_await count());
        co_return Result<void>{};
    }

  private:
    static constexpr int kShare = 50;

    struct Kept {
        Value value;
        UnixMillis counted_at = 0;
        std::chrono::milliseconds took{0};
    };

    [[nodiscard]] bool is_slow() const { return kept_.took > rules_.slow_after; }
    [[nodiscard]] bool is_fresh() const {
        const auto life = is_slow()
                              ? std::max<UnixMillis>(rules_.at_least, kept_.took.count() * kShare)
                              : rules_.at_least;
        return clock_.now() < kept_.counted_at + life;
    }

    std::optional<Counted<T>> usable(bool somebody_counts) {
        const std::scoped_lock guard(mutex_);
        if (!kept_.value) return std::nullopt;
        Counted<T> known{kept_.value, kept_.counted_at};
        if (is_fresh()) return known;
        asked_ = true;
        if (is_slow() || somebody_counts) return known;
        return std::nullopt;
    }
    bool is_due() {
        const std::scoped_lock guard(mutex_);
        return kept_.value && asked_ && is_slow() && !is_fresh();
    }

    Task<Result<void>> look() {
        const auto found = CO_TRY(co_await shelf_.read());
        looked_ = true;
        if (!found) co_return Result<void>{};
        boost::system::error_code error;
        const auto parsed = boost::json::parse(found->value, error);
        if (error) co_return Result<void>{};
        // Of another version of the program, perhaps.
        auto value = boost::json::try_value_to<T>(parsed);
        if (value)
            keep(std::make_shared<const T>(*std::move(value)), found->counted_at,
                 std::chrono::milliseconds(found->took));
        co_return Result<void>{};
    }

    Task<Result<Counted<T>>> count() {
        const auto at = clock_.now();
        const auto begin = std::chrono::steady_clock::now();
        auto found = std::make_shared<const T>(CO_TRY(co_await find_()));
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begin);
        keep(found, at, took);
        // Without it the next process counts once more.
        if (took > rules_.slow_after)
            (void)co_await shelf_.write(
                {boost::json::serialize(boost::json::value_from(*found)), at, took.count()});
        co_return Counted<T>{std::move(found), at};
    }

    void keep(Value value, UnixMillis at, std::chrono::milliseconds took) {
        const std::scoped_lock guard(mutex_);
        if (kept_.value && at <= kept_.counted_at) return;
        kept_ = {std::move(value), at, took};
        asked_ = false;
    }

    FigureShelf shelf_;
    const Clock& clock_;
    const Find find_;
    const LongCountRules rules_;
    AsyncMutex turn_;
    bool looked_ = false;  // by who has the turn
    std::mutex mutex_;
    Kept kept_;           // guarded by mutex_
    bool asked_ = false;  // guarded by mutex_: since it was counted
};

}  // namespace siahub::hub
