#include "core/log.hpp"

#include "core/clock.hpp"
#include "core/log_line.hpp"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

namespace siahub {

namespace {

// Long enough for many records to share a system call, short for whoever watches.
constexpr std::chrono::milliseconds kGather{50};
constexpr std::size_t kMaxPending = 4UL * 1024 * 1024;

// Nobody to report a failure to.
void write_out(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

class Log::Sink {
  public:
    explicit Sink(Format format) : format_(format) {}
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink() {
        {
            const std::scoped_lock guard(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        if (writer_.joinable()) writer_.join();
        flush();
    }

    void write_now(std::string_view line) {
        {
            const std::scoped_lock guard(mutex_);
            append(line);
        }
        flush();
    }

    void write_soon(std::string_view line) {
        const std::scoped_lock guard(mutex_);
        if (pending_.size() + line.size() > kMaxPending) {
            dropped_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        const bool first = pending_.empty();
        append(line);
        if (!writer_.joinable())
            start_writer();
        else if (first)
            wake_.notify_one();
    }

    [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  private:
    // The rest of each second differs in its milliseconds only.
    void append(std::string_view line) {
        const auto now = SystemClock{}.now();
        if (now / 1000 != second_) {
            second_ = now / 1000;
            time_ = to_iso8601(now);
        }
        const auto millis = static_cast<unsigned>(now % 1000);
        const auto digits = time_.size() - 4;
        time_[digits] = static_cast<char>('0' + millis / 100);
        time_[digits + 1] = static_cast<char>('0' + millis / 10 % 10);
        time_[digits + 2] = static_cast<char>('0' + millis % 10);
        if (format_ == Format::json)
            pending_.append("{\"time\":\"").append(time_).append("\"");
        else
            pending_.append("time=").append(time_);
        pending_.append(line);
    }

    void flush() {
        const std::scoped_lock turn(writing_);  // keeps the lines in order
        {
            const std::scoped_lock guard(mutex_);
            std::swap(pending_, batch_);
        }
        write_out(batch_);
        batch_.clear();
    }

    void start_writer() {
        // Signals are for the threads that wait for them, and a closed pipe must not kill.
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        writer_ = std::thread([this] { run(); });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    void run() {
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            wake_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
            wake_.wait_for(lock, kGather, [this] { return stopping_; });
            lock.unlock();
            flush();
            lock.lock();
        }
    }

    const Format format_;
    std::mutex writing_;  // taken before mutex_
    std::string batch_;
    std::mutex mutex_;
    std::string pending_;
    std::string time_;
    UnixMillis second_ = -1;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread writer_;
    std::atomic<std::uint64_t> dropped_ = 0;
};

Log::Log(Level level, Format format)
    : level_(level), format_(format), sink_(std::make_unique<Sink>(format)) {}

Log::~Log() = default;

std::uint64_t Log::dropped() const {
    return sink_->dropped();
}

void Log::write(Level level, std::string_view event, std::initializer_list<LogField> fields) const {
    if (!enabled(level)) return;
    std::string line;
    append_log_line(line, format_, level, event, {fields.begin(), fields.size()});
    sink_->write_now(line);
}

void Log::record(Level level, std::string_view event, std::span<const LogField> fields) const {
    if (!enabled(level)) return;
    std::string line;
    line.reserve(512);
    append_log_line(line, format_, level, event, fields);
    sink_->write_soon(line);
}

void Log::debug(std::string_view event, std::initializer_list<LogField> fields) const {
    write(Level::debug, event, fields);
}
void Log::info(std::string_view event, std::initializer_list<LogField> fields) const {
    write(Level::info, event, fields);
}
void Log::warn(std::string_view event, std::initializer_list<LogField> fields) const {
    write(Level::warn, event, fields);
}
void Log::error(std::string_view event, std::initializer_list<LogField> fields) const {
    write(Level::error, event, fields);
}

}  // namespace siahub
