#pragma once
// Brings the bodies of this node to Sia: packs them into batches that fill their slabs, uploads one
// batch after the other, reads samples back, and marks what is there. What does not fill a slab
// waits for more, at most for `pack_wait`. Nothing is given up: a failure puts the bodies back, and
// the next try comes after a pause that grows, or when an operator asks for it (Pins::retry_now, in
// whichever process: the worker looks for that while it pauses). After a crash or a failure it
// first looks at what exists on Sia already (PinReconciler).
//
// run() is one task on one executor; hurry(), stop() and status() may be called from any thread.

#include "store/body_source.hpp"
#include "store/pin_reconciler.hpp"

#include <chrono>
#include <mutex>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

namespace siahub::store {

struct PinWorkerOptions {
    std::chrono::milliseconds pack_wait = std::chrono::minutes(10);
    std::uint64_t batch_bytes = 0;  // 0: eight slabs, or 256 MiB where that is more
    std::chrono::milliseconds poll = std::chrono::seconds(1);
    std::chrono::milliseconds first_pause = std::chrono::seconds(5);
    std::chrono::milliseconds longest_pause = std::chrono::minutes(10);
    // Before it looks at what a process that died left on Sia: what that sent last may be on its
    // way still, and indexd lists a new object a moment after it has it.
    std::chrono::milliseconds settling = std::chrono::seconds(5);
};

// How pinning goes on this node; counts since the process began.
struct PinStatus {
    std::uint64_t pinned_xorbs = 0, pinned_bytes = 0;
    std::uint64_t failed_batches = 0, verified_samples = 0;
    std::uint64_t adopted = 0, removed = 0;  // by the reconciler
    std::uint64_t uploading_bytes = 0;       // now
    double upload_seconds = 0;               // for pinned_bytes
    UnixMillis last_pinned = 0, failing_since = 0, next_try = 0;
    bool settling = false;   // after a crash, for a few seconds
    std::string last_error;  // empty while it goes well
};

class PinWorker {
  public:
    // Everything outlives the worker.
    PinWorker(const asio::any_io_executor& executor, PinSources sources, PinWorkerOptions options);

    // Spawn it in a TaskGroup.
    Task<void> run();
    // What made uploads fail may be over: a pause ends, and what waits is tried again.
    void hurry();
    // run() ends soon; an upload is broken off, and goes on when a worker is started again.
    void stop();
    [[nodiscard]] PinStatus status() const;

    // One step, for tests: whether there may be more to do at once.
    Task<bool> turn();

  private:
    using Batch = std::vector<WaitingXorb>;

    Task<Result<bool>> try_turn();
    Task<Result<Batch>> next_batch();
    Task<Result<void>> upload(Batch batch);
    Task<Result<void>> take_stored(const Batch& batch, const std::vector<RemoteObject>& objects);
    Task<Result<void>> verify(const Batch& batch, const std::vector<RemoteObject>& objects);
    Task<Result<void>> put_back(const Batch& batch, const Error& error);
    Task<Result<void>> put_back_unreadable(const Batch& batch,
                                           const std::vector<std::unique_ptr<BodySource>>& sources,
                                           bool& blamed);
    [[nodiscard]] UnixMillis pause_after(std::int64_t tries) const;
    void note_failure(const Error& error);
    void note_success();
    Task<void> sleep(std::chrono::milliseconds time);
    Task<void> pause(std::chrono::milliseconds time);
    Task<void> settle();
    Task<void> loop();

    const PinSources sources_;
    const PinWorkerOptions options_;
    PinReconciler reconciler_;
    asio::any_io_executor executor_;
    asio::steady_timer timer_;
    asio::cancellation_signal cancel_;
    bool stopped_ = false, enrolled_ = false, reconciled_ = false, hurried_ = false, awake_ = false;
    std::int64_t failures_in_a_row_ = 0;
    mutable std::mutex mutex_;
    PinStatus status_;  // guarded by mutex_
};

}  // namespace siahub::store
