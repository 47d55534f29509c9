#include "store/pin_worker.hpp"

#include "sia/packing.hpp"
#include "store/pin_note.hpp"
#include "store/pin_retries.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::store {
namespace {

// So that what is stored stays within 1.05 times the bodies, before redundancy.
constexpr double kMostWaste = 0.047;
constexpr std::uint64_t kUsualBatch = 256UL << 20;
constexpr std::size_t kLookAtMost = 4096;
constexpr std::size_t kSamples = 8;

std::uint64_t batch_bytes(const PinWorkerOptions& options, std::size_t slab_bytes) {
    if (options.batch_bytes > 0) return options.batch_bytes;
    return std::max<std::uint64_t>(kUsualBatch, 8 * slab_bytes);
}

std::uint64_t bytes_of(std::span<const WaitingXorb> batch) {
    std::uint64_t bytes = 0;
    for (const auto& waiting : batch)
        bytes += waiting.size;
    return bytes;
}

// The most that fit, whatever that wastes.
std::size_t late_batch(std::span<const std::uint64_t> sizes, std::uint64_t most) {
    std::uint64_t used = 0;
    std::size_t count = 0;
    while (count < sizes.size() && (count == 0 || used + sizes[count] <= most))
        used += sizes[count++];
    return count;
}

}  // namespace

PinWorker::PinWorker(const asio::any_io_executor& executor, PinSources sources,
                     PinWorkerOptions options)
    : sources_(sources),
      options_(options),
      reconciler_(sources),
      executor_(executor),
      timer_(executor) {}

Task<void> PinWorker::run() {
    const auto [thrown] = co_await asio::co_spawn(
        executor_, loop(),
        asio::bind_cancellation_slot(cancel_.slot(), asio::as_tuple(asio::use_awaitable)));
    // Cancelled by stop(): what was on its way goes on after the next start.
    if (thrown && !stopped_) std::rethrow_exception(thrown);
}

void PinWorker::stop() {
    asio::post(executor_, [this] {
        stopped_ = true;
        cancel_.emit(asio::cancellation_type::terminal);
    });
}

void PinWorker::hurry() {
    asio::post(executor_, [this] {
        if (failures_in_a_row_ == 0) return;
        hurried_ = awake_ = true;
        timer_.cancel();
    });
}

PinStatus PinWorker::status() const {
    const std::scoped_lock guard(mutex_);
    return status_;
}

Task<void> PinWorker::settle() {
    const auto unfinished = co_await sources_.pins.unfinished_since();
    // A database that does not answer is met again by the first turn.
    if (!unfinished || !*unfinished || stopped_) co_return;
    const auto say = [this](bool settling) {
        const std::scoped_lock guard(mutex_);
        status_.settling = settling;
    };
    say(true);
    co_await sleep(options_.settling);
    say(false);
}

Task<void> PinWorker::loop() {
    co_await settle();
    while (!stopped_) {
        const bool more = co_await turn();
        if (stopped_) break;
        if (more) continue;
        if (failures_in_a_row_ == 0)
            co_await sleep(options_.poll);
        else
            co_await pause(std::chrono::milliseconds(pause_after(failures_in_a_row_)));
    }
}

// Until its time, hurry(), or an operator's wish.
Task<void> PinWorker::pause(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!stopped_ && !std::exchange(awake_, false)) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) break;
        co_await sleep(std::min(left, options_.poll));
        const auto asked = co_await take_retries(sources_.database, sources_.pins.node());
        if (asked && *asked) break;
    }
}

Task<void> PinWorker::sleep(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

Task<bool> PinWorker::turn() {
    auto more = co_await try_turn();
    if (more) {
        if (*more) note_success();
        co_return *more;
    }
    reconciled_ = false;
    note_failure(more.error());
    co_return false;
}

Task<Result<bool>> PinWorker::try_turn() {
    if (!enrolled_) {
        CO_TRY(co_await sources_.pins.enrol());
        enrolled_ = true;
    }
    if (!reconciled_) {
        const auto done = CO_TRY(co_await reconciler_.run());
        reconciled_ = true;
        const std::scoped_lock guard(mutex_);
        status_.adopted += done.adopted;
        status_.removed += done.removed;
    }
    if (std::exchange(hurried_, false)) CO_TRY(co_await sources_.pins.hurry());
    auto batch = CO_TRY(co_await next_batch());
    if (batch.empty()) co_return false;
    CO_TRY(co_await upload(std::move(batch)));
    co_return true;
}

Task<Result<PinWorker::Batch>> PinWorker::next_batch() {
    auto due = CO_TRY(co_await sources_.pins.due(kLookAtMost));
    if (due.empty()) co_return Batch();
    if (std::ranges::any_of(due, &WaitingXorb::is_new)) CO_TRY(co_await sources_.pins.packing(due));
    std::vector<std::uint64_t> sizes;
    sizes.reserve(due.size());
    for (const auto& waiting : due)
        sizes.push_back(waiting.size);
    const auto slab = sources_.remote.slab_bytes();
    const auto most = batch_bytes(options_, slab);
    auto count = sia::full_batch(sizes, slab, most, kMostWaste);
    const auto waited = sources_.clock.now() - due.front().waiting_since;
    if (count == 0 && waited >= options_.pack_wait.count()) count = late_batch(sizes, most);
    if (count == 0) co_return Batch();
    co_return CO_TRY(co_await sources_.pins.begin_upload(std::span(due).first(count)));
}

Task<Result<void>> PinWorker::upload(Batch batch) {
    std::vector<std::unique_ptr<BodySource>> sources;
    std::vector<RemoteBody> bodies;
    for (const auto& waiting : batch) {
        const auto index = CO_TRY(co_await sources_.catalog.find(waiting.xorb));
        auto& source = sources.emplace_back(std::make_unique<BodySource>(
            sources_.bodies, sources_.pools, waiting.xorb, waiting.size));
        bodies.push_back({.size = waiting.size,
                          .source = source.get(),
                          .note = encode(pin_note(*index, sources_.pins.node()))});
    }
    {
        const std::scoped_lock guard(mutex_);
        status_.uploading_bytes = bytes_of(batch);
    }
    const auto began = std::chrono::steady_clock::now();
    auto stored = co_await sources_.remote.pin(std::move(bodies));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    {
        const std::scoped_lock guard(mutex_);
        status_.uploading_bytes = 0;
        if (stored) status_.upload_seconds += took.count();
    }
    if (stored) co_return co_await take_stored(batch, *stored);
    bool blamed = false;
    CO_TRY(co_await put_back_unreadable(batch, sources, blamed));
    if (!blamed) CO_TRY(co_await put_back(batch, stored.error()));
    co_return Failure(std::move(stored).error());
}

Task<Result<void>> PinWorker::take_stored(const Batch& batch,
                                          const std::vector<RemoteObject>& objects) {
    if (const auto verified = co_await verify(batch, objects); !verified) {
        for (const auto& object : objects)
            CO_TRY(co_await sources_.remote.remove(object.id));
        CO_TRY(co_await put_back(batch, verified.error()));
        co_return Failure(verified.error());
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        // Another node has taken it over meanwhile: the object is nobody's.
        if (!CO_TRY(co_await sources_.pins.pinned(batch[i].xorb, objects[i]))) {
            CO_TRY(co_await sources_.remote.remove(objects[i].id));
            continue;
        }
        const std::scoped_lock guard(mutex_);
        ++status_.pinned_xorbs;
        status_.pinned_bytes += batch[i].size;
        status_.last_pinned = sources_.clock.now();
    }
    co_return Result<void>{};
}

// Of a few bodies, spread over the batch and with it over its slabs.
Task<Result<void>> PinWorker::verify(const Batch& batch, const std::vector<RemoteObject>& objects) {
    if (objects.size() != batch.size())
        co_return fail(Code::internal, "The client of Sia lost count of the objects.");
    const auto step = std::max<std::size_t>(1, batch.size() / kSamples);
    for (std::size_t i = 0; i < batch.size(); i += step) {
        CO_TRY(co_await verify_sample(sources_, batch[i].xorb, batch[i].size, objects[i]));
        const std::scoped_lock guard(mutex_);
        ++status_.verified_samples;
    }
    co_return Result<void>{};
}

// Bodies that the disk did not give keep nobody else waiting.
Task<Result<void>> PinWorker::put_back_unreadable(
    const Batch& batch, const std::vector<std::unique_ptr<BodySource>>& sources, bool& blamed) {
    Batch good;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto& failure = sources[i]->failure();
        if (!failure) {
            good.push_back(batch[i]);
            continue;
        }
        blamed = true;
        sources_.log.error("pin.body_unreadable",
                           {{"xorb", batch[i].xorb.hex()}, {"cause", failure->message}});
        const auto pause =
            std::max<UnixMillis>(options_.longest_pause.count(), pause_after(batch[i].tries));
        CO_TRY(co_await sources_.pins.put_back(std::span(&batch[i], 1),
                                               {failure->message, sources_.clock.now() + pause}));
    }
    if (blamed)
        CO_TRY(co_await sources_.pins.put_back(
            good, {"A body beside it could not be read.", sources_.clock.now()}));
    co_return Result<void>{};
}

Task<Result<void>> PinWorker::put_back(const Batch& batch, const Error& error) {
    co_return co_await sources_.pins.put_back(
        batch, {error.message, sources_.clock.now() + pause_after(failures_in_a_row_ + 1)});
}

UnixMillis PinWorker::pause_after(std::int64_t tries) const {
    const auto doublings = std::clamp<std::int64_t>(tries - 1, 0, 20);
    return std::min<UnixMillis>(options_.longest_pause.count(), options_.first_pause.count()
                                                                    << doublings);
}

void PinWorker::note_failure(const Error& error) {
    ++failures_in_a_row_;
    sources_.log.warn("pin.failed", {{"cause", error.message}, {"tries", failures_in_a_row_}});
    const std::scoped_lock guard(mutex_);
    ++status_.failed_batches;
    status_.last_error = error.message;
    if (status_.failing_since == 0) status_.failing_since = sources_.clock.now();
    status_.next_try = sources_.clock.now() + pause_after(failures_in_a_row_);
}

void PinWorker::note_success() {
    failures_in_a_row_ = 0;
    const std::scoped_lock guard(mutex_);
    status_.last_error.clear();
    status_.failing_since = 0;
    status_.next_try = 0;
}

}  // namespace siahub::store
