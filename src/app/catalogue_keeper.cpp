#include "app/catalogue_keeper.hpp"

#include "sia/transfer/children.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::app {
namespace {

constexpr std::chrono::seconds kTurn{1};
constexpr std::chrono::seconds kBeat{5};
// Six beats.
constexpr std::chrono::seconds kLeasePatience{30};
constexpr UnixMillis kFirstPause = 15'000;
constexpr UnixMillis kLongestPause = 10LL * 60 * 1000;
// Much that is new shortens the wait to this part of it.
constexpr UnixMillis kHurry = 12;

std::int64_t as_integer(std::uint64_t number) {
    return static_cast<std::int64_t>(number);
}

}  // namespace

CatalogueKeeper::CatalogueKeeper(const asio::any_io_executor& executor, db::Database& database,
                                 backup::RemoteSources sources, KeeperOptions options,
                                 std::function<std::int64_t()> pinned)
    : sources_(std::move(sources)),
      options_(std::move(options)),
      pinned_(std::move(pinned)),
      executor_(executor),
      timer_(executor),
      lease_(database, "catalogue", options_.holder, kLeasePatience),
      shelf_(sources_.remote, sources_.hub.data / "snapshots"),
      writer_(sources_, options_.keep),
      began_at_(sources_.clock.now()) {}

Task<void> CatalogueKeeper::run() {
    const auto [thrown] = co_await asio::co_spawn(
        executor_, loop(),
        asio::bind_cancellation_slot(cancel_.slot(), asio::as_tuple(asio::use_awaitable)));
    if (thrown && !stopped_) std::rethrow_exception(thrown);
}

void CatalogueKeeper::stop() {
    asio::post(executor_, [this] {
        stopped_ = true;
        cancel_.emit(asio::cancellation_type::terminal);
    });
}

KeeperStatus CatalogueKeeper::status() const {
    const std::scoped_lock guard(mutex_);
    return status_;
}

Task<void> CatalogueKeeper::loop() {
    while (!stopped_) {
        co_await turn();
        if (stopped_) break;
        co_await sleep(kTurn);
    }
}

Task<void> CatalogueKeeper::turn() {
    if (sources_.clock.now() < next_try_) co_return;
    // Another process may have been faster.
    if (!looked_ || is_due()) {
        if (const auto seen = co_await look(); !seen) {
            note(Failure(seen.error()));
            co_return;
        }
    }
    if (is_due()) note(co_await attempt());
}

// A process that starts anew goes on where the one before stood.
Task<Result<void>> CatalogueKeeper::look() {
    CO_TRY(co_await shelf_.refresh());
    looked_ = true;
    const auto lists = shelf_.lists();
    const std::scoped_lock guard(mutex_);
    if (lists.empty() || lists.front().note.created_at <= status_.newest_at)
        co_return Result<void>{};
    status_.newest_at = lists.front().note.created_at;
    status_.checked_at = std::max(status_.checked_at, status_.newest_at);
    pinned_then_ = pinned_();
    co_return Result<void>{};
}

bool CatalogueKeeper::is_due() const {
    const auto known = status();
    // A hub that is new has nothing yet that would be worth it.
    const auto since = known.checked_at != 0 ? known.checked_at : began_at_;
    const auto waited = sources_.clock.now() - since;
    if (waited >= options_.every.count()) return true;
    return waited >= options_.every.count() / kHurry && pinned_() - pinned_then_ >= options_.after;
}

Task<Result<backup::RemoteReport>> CatalogueKeeper::take() {
    for (;;) {
        auto outcome = co_await attempt();
        note(outcome);
        if (!outcome) co_return Failure(outcome.error());
        if (*outcome) co_return **outcome;
        co_await sleep(kTurn);
    }
}

Task<Result<std::optional<backup::RemoteReport>>> CatalogueKeeper::attempt() {
    if (!CO_TRY(co_await lease_.beat(std::chrono::steady_clock::now()))) co_return std::nullopt;
    {
        const std::scoped_lock guard(mutex_);
        status_.is_running = true;
    }
    const auto pinned = pinned_();
    sia::Children beside(executor_);
    beside.start(keep_lease());
    auto report = co_await beside.around(writer_.run(shelf_));
    static_cast<void>(co_await lease_.release());
    if (report) pinned_then_ = pinned;
    if (!report) co_return Failure(report.error());
    co_return *report;
}

Task<void> CatalogueKeeper::keep_lease() {
    asio::steady_timer pause(executor_);
    for (;;) {
        pause.expires_after(kBeat);
        co_await pause.async_wait(asio::use_awaitable);
        // Whoever takes it over meanwhile does no harm.
        static_cast<void>(co_await lease_.beat(std::chrono::steady_clock::now()));
    }
}

void CatalogueKeeper::note(const Result<std::optional<Report>>& outcome) {
    const auto now = sources_.clock.now();
    const std::scoped_lock guard(mutex_);
    status_.is_running = false;
    if (!outcome) {
        const auto pause =
            std::min(kLongestPause, kFirstPause << std::min<std::int64_t>(failures_in_a_row_, 20));
        ++failures_in_a_row_;
        next_try_ = now + pause;
        ++status_.failed;
        status_.last_error = outcome.error().message;
        if (status_.failing_since == 0) status_.failing_since = now;
        sources_.log.warn("snapshot.failed", {{"cause", outcome.error().message}});
        return;
    }
    failures_in_a_row_ = 0;
    status_.last_error.clear();
    status_.failing_since = 0;
    // Another process is at it: it will be known when that is over.
    if (!*outcome) {
        next_try_ = now + kFirstPause;
        return;
    }
    const auto& report = **outcome;
    status_.checked_at = now;
    if (report.is_new) {
        ++status_.taken;
        status_.stored_bytes += report.stored_bytes;
        status_.newest_at = report.created_at;
        sources_.log.info("snapshot.stored", {{"rows", as_integer(report.rows)},
                                              {"bytes", as_integer(report.bytes)},
                                              {"stored_bytes", as_integer(report.stored_bytes)}});
    }
    status_.last = report;
}

Task<void> CatalogueKeeper::sleep(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace siahub::app
