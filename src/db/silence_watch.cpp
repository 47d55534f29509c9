#include "db/silence_watch.hpp"

#include <sys/socket.h>

namespace siahub::db {

SilenceWatch::Wait::Wait(SilenceWatch& watch, int socket)
    : watch_(watch), socket_(socket), heard_at_(Clock::now()) {
    const std::scoped_lock guard(watch_.mutex_);
    watch_.waits_.insert(this);
}

SilenceWatch::Wait::~Wait() {
    const std::scoped_lock guard(watch_.mutex_);
    watch_.waits_.erase(this);
}

SilenceWatch::SilenceWatch(std::chrono::milliseconds limit) : limit_(limit) {
    if (limit_.count() > 0) thread_ = std::thread([this] { run(); });
}

SilenceWatch::~SilenceWatch() {
    {
        const std::scoped_lock guard(mutex_);
        stopped_ = true;
    }
    stopping_.notify_all();
    if (thread_.joinable()) thread_.join();
}

// The task that waits wakes up with the end of the stream and treats it like any lost connection.
void SilenceWatch::run() {
    std::unique_lock guard(mutex_);
    while (!stopping_.wait_for(guard, limit_ / 8, [this] { return stopped_; })) {
        const auto too_long_ago = Clock::now() - limit_;
        for (const Wait* wait : waits_)
            if (wait->heard_at_.load(std::memory_order_relaxed) < too_long_ago)
                ::shutdown(wait->socket_, SHUT_RDWR);
    }
}

}  // namespace siahub::db
