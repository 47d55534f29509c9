#include "app/hub_sia.hpp"

#include "app/hub_metrics.hpp"
#include "app/hub_place.hpp"
#include "app/version.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::app {
namespace {

constexpr std::chrono::seconds kTurn{15};
constexpr std::chrono::seconds kAckWait{2};
constexpr std::chrono::milliseconds kAckPoll{500};
constexpr int kTurnsPerDay = 24 * 60 * 60 / static_cast<int>(kTurn.count());

store::PinSources pin_sources(store::Store& store, SiaLink& link) {
    return {.database = store.database,
            .pins = store.pins,
            .bodies = store.bodies,
            .catalog = store.catalog,
            .remote = link.bodies(),
            .pools = store.pools,
            .clock = store.clock,
            .log = store.log};
}

store::PinWorkerOptions worker_options(const config::Sia& config) {
    store::PinWorkerOptions options;
    options.pack_wait = config.pack_wait;
    // Clients wait meanwhile.
    if (config.ack_on_sia)
        options.pack_wait = std::min<std::chrono::milliseconds>(options.pack_wait, kAckWait);
    return options;
}

KeeperOptions keeper_options(const config::Sia& config, std::string holder) {
    return {.every = config.snapshot_every,
            .after = static_cast<std::int64_t>(config.snapshot_after),
            .keep = config.snapshots,
            .holder = std::move(holder)};
}

template <class Number>
double as_double(Number number) {
    return static_cast<double>(number);
}

void add_pin_metrics(Metrics& metrics, const HubSia& sia) {
    using Status = store::PinStatus;
    const auto counter = [&](std::string_view name, std::string_view help,
                             std::uint64_t Status::* field) {
        metrics.counter(name, help, [&sia, field] { return as_double(sia.pinning().*field); });
    };
    counter("siahub_sia_pinned_bytes_total", "Bytes of bodies that this process pinned",
            &Status::pinned_bytes);
    counter("siahub_sia_pinned_xorbs_total", "Bodies that this process pinned",
            &Status::pinned_xorbs);
    counter("siahub_sia_failed_batches_total", "Batches that failed and were put back",
            &Status::failed_batches);
    counter("siahub_sia_verified_samples_total", "Samples that were read back and fit",
            &Status::verified_samples);
    metrics.counter("siahub_sia_upload_seconds_total", "Time that pinned batches took",
                    [&sia] { return sia.pinning().upload_seconds; });
    counter("siahub_sia_objects_adopted_total", "Objects found after a crash and taken over",
            &Status::adopted);
    counter("siahub_sia_objects_removed_total", "Objects found after a crash and removed",
            &Status::removed);
    metrics.gauge("siahub_sia_uploading_bytes", "Bytes of the batch that is on its way",
                  [&sia] { return as_double(sia.pinning().uploading_bytes); });
}

void add_snapshot_metrics(Metrics& metrics, const HubSia& sia) {
    using Status = KeeperStatus;
    const auto counter = [&](std::string_view name, std::string_view help,
                             std::uint64_t Status::* field) {
        metrics.counter(name, help, [&sia, field] { return as_double(sia.snapshots().*field); });
    };
    counter("siahub_sia_snapshots_total", "Snapshots of the catalogue that this process stored",
            &Status::taken);
    counter("siahub_sia_snapshot_failures_total", "Snapshots of the catalogue that failed",
            &Status::failed);
    counter("siahub_sia_snapshot_bytes_total", "Bytes that they added", &Status::stored_bytes);
    metrics.gauge("siahub_sia_snapshot_timestamp_seconds",
                  "When the catalogue of the newest known snapshot was read",
                  [&sia] { return as_double(sia.snapshots().newest_at) / 1000; });
    metrics.gauge("siahub_sia_snapshot_checked_timestamp_seconds",
                  "When the catalogue was last as in the newest snapshot",
                  [&sia] { return as_double(sia.snapshots().checked_at) / 1000; });
}

}  // namespace

Result<std::unique_ptr<HubSia>> HubSia::open(const config::Config& config, store::Store& store,
                                             const asio::any_io_executor& executor) {
    auto link = TRY(SiaLink::open(config.sia, store.pools.compute, store.clock));
    if (!link) return nullptr;
    auto sia = std::make_unique<HubSia>(config, store, executor, std::move(link));
    store::CacheOptions options;
    options.dir = config.cache_dir();
    options.capacity = config.cache.size;
    sia->cache_ = TRY(store::DiskCache::open(std::move(options), store.catalog, sia->origin_,
                                             store.pools, store.log));
    store.readable.put_behind(*sia->cache_);
    return sia;
}

HubSia::HubSia(const config::Config& config, store::Store& store,
               const asio::any_io_executor& executor, std::unique_ptr<SiaLink> link)
    : store_(store),
      executor_(executor),
      timer_(executor),
      link_(std::move(link)),
      health_(*link_, store.clock),
      origin_(store.pins, link_->bodies()),
      worker_(executor, pin_sources(store, *link_), worker_options(config.sia)),
      evictor_(store.database, store.bodies, store.nodes.own(), store.pools, store.log,
               config.sia.local_size),
      keeper_(executor, store.database,
              {.hub = hub_place(config),
               .hub_version = std::string(version()),
               .remote = link_->bodies(),
               .pools = store.pools,
               .clock = store.clock,
               .log = store.log},
              keeper_options(config.sia, store.nodes.own()),
              std::bind_front(&HubSia::pinned_xorbs, this)) {}

void HubSia::start(TaskGroup& tasks) {
    tasks.spawn(executor_, worker_.run());
    tasks.spawn(executor_, run_watch());
    tasks.spawn(executor_, keeper_.run());
}

void HubSia::stop() {
    stopped_ = true;
    worker_.stop();
    keeper_.stop();
    cache_->finish();
    asio::post(executor_, [this] { cancel_.emit(asio::cancellation_type::terminal); });
}

Task<Result<void>> HubSia::until_pinned(std::vector<xet::Hash> xorbs) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (!stopped_) {
        if (CO_TRY(co_await store_.pins.all_pinned(xorbs))) co_return Result<void>{};
        pause.expires_after(kAckPoll);
        co_await pause.async_wait(asio::use_awaitable);
    }
    co_return fail(Code::unavailable, "The hub is about to end; send the shard again");
}

// An indexd that does not answer must not hold up the end.
Task<void> HubSia::run_watch() {
    const auto [thrown] = co_await asio::co_spawn(
        executor_, watch(),
        asio::bind_cancellation_slot(cancel_.slot(), asio::as_tuple(asio::use_awaitable)));
    if (thrown && !stopped_) std::rethrow_exception(thrown);
}

Task<void> HubSia::watch() {
    for (int turn = 0; !stopped_; turn = (turn + 1) % kTurnsPerDay) {
        co_await every_turn();
        if (turn == 0) co_await every_day();
        if (stopped_) break;
        timer_.expires_after(kTurn);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

Task<void> HubSia::every_turn() {
    report("sia.evict", co_await evictor_.run());
    if (auto counts = co_await store_.pins.counts()) {
        const std::scoped_lock guard(mutex_);
        queue_.by_state = *std::move(counts);
    }
    const auto before = health_.last().state;
    co_await health_.ask();
    // Nobody waits out a pause of minutes when what caused it is over.
    if (health_.last().state == SiaFinding::State::ok && before != SiaFinding::State::ok)
        worker_.hurry();
}

// Slabs of uploads that broke off; indexd keeps them for three days before that.
Task<void> HubSia::every_day() {
    report("sia.prune", co_await link_->client().prune({}));
}

void HubSia::report(std::string_view what, const Result<void>& outcome) const {
    if (!outcome)
        store_.log.warn("housekeeping.failed",
                        {{"task", what}, {"cause", outcome.error().message}});
}

HubSia::Queue HubSia::queue() const {
    const std::scoped_lock guard(mutex_);
    return queue_;
}

SiaFinding HubSia::finding() const {
    return with_snapshots(with_pinning(health_.last(), worker_.status()), keeper_.status());
}

std::int64_t HubSia::pinned_xorbs() const {
    const std::scoped_lock guard(mutex_);
    const auto found = queue_.by_state.find("pinned");
    return found == queue_.by_state.end() ? 0 : found->second.xorbs;
}

void HubSia::add_metrics(Metrics& metrics) const {
    add_body_cache_metrics(metrics, *cache_);
    add_pin_metrics(metrics, *this);
    add_snapshot_metrics(metrics, *this);
    for (const std::string state : {"stored", "packing", "uploading", "pinned"}) {
        const Metrics::Labels labels{{"state", state}};
        const auto count = [this, state] {
            const auto all = queue().by_state;
            const auto found = all.find(state);
            return found == all.end() ? store::PinCount{} : found->second;
        };
        metrics.gauge(
            "siahub_sia_xorbs", "Bodies of this hub by how far they are",
            [count] { return as_double(count().xorbs); }, labels);
        metrics.gauge(
            "siahub_sia_bytes", "Their bytes", [count] { return as_double(count().bytes); },
            labels);
    }
    metrics.gauge("siahub_sia_ok", "1 while Sia works as it should",
                  [this] { return finding().state == SiaFinding::State::ok ? 1.0 : 0.0; });
    metrics.gauge("siahub_sia_hosts_good_for_upload", "Hosts that take uploads",
                  [this] { return as_double(health_.last().good_hosts); });
    metrics.gauge("siahub_sia_hosts_refusing", std::string(kRefusingHelp),
                  [this] { return as_double(health_.last().refusing_hosts); });
    metrics.counter("siahub_sia_evicted_bytes_total", "Bytes freed on this disk",
                    [this] { return as_double(evictor_.counts().bytes.load()); });
    metrics.gauge("siahub_local_body_bytes", "Bytes of bodies on this disk",
                  [this] { return as_double(evictor_.counts().local_bytes.load()); });
}

namespace {

Task<http::Finding> ask_sia(const HubSia& sia) {
    const auto finding = sia.finding();
    using State = http::Finding::State;
    const bool good =
        finding.state == SiaFinding::State::ok || finding.state == SiaFinding::State::unknown;
    const bool down = finding.state == SiaFinding::State::down;
    co_return http::Finding{.state = good   ? State::ok
                                     : down ? State::down
                                            : State::degraded,
                            .cause = good ? "" : finding.cause + ". " + finding.remedy,
                            .latency = {}};
}

}  // namespace

http::Readiness::Check sia_check(const HubSia& sia) {
    return [&sia] { return ask_sia(sia); };
}

}  // namespace siahub::app
