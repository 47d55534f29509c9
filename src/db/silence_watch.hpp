#pragma once
// Notices a server that keeps its connections and says nothing more on them (a host that hangs, a
// path that swallows packets behind a proxy that acknowledges them): what waits for longer than the
// limit finds its socket closed. The server's own limit for statements is shorter, so that one that
// works is left alone. Thread-safe; a Wait belongs to the task that waits, and the watch and the
// socket outlive it.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_set>

namespace siahub::db {

class SilenceWatch {
    using Clock = std::chrono::steady_clock;

  public:
    class Wait {
      public:
        Wait(SilenceWatch& watch, int socket);
        ~Wait();
        Wait(const Wait&) = delete;
        Wait& operator=(const Wait&) = delete;

        // The server said something, or took something.
        void heard() { heard_at_.store(Clock::now(), std::memory_order_relaxed); }

      private:
        friend class SilenceWatch;
        SilenceWatch& watch_;
        int socket_;
        std::atomic<Clock::time_point> heard_at_;
    };

    // 0: waits for ever.
    explicit SilenceWatch(std::chrono::milliseconds limit);
    ~SilenceWatch();
    SilenceWatch(const SilenceWatch&) = delete;
    SilenceWatch& operator=(const SilenceWatch&) = delete;

  private:
    void run();

    const std::chrono::milliseconds limit_;
    std::mutex mutex_;
    std::condition_variable stopping_;
    bool stopped_ = false;
    std::unordered_set<Wait*> waits_;
    std::thread thread_;
};

}  // namespace siahub::db
