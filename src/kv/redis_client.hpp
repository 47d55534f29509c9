#pragma once
// Redis as this process uses it: one connection per I/O thread, so that a caller's command and its
// reply stay on his thread. Callers on other threads use the first one.
//
// While any connection is down, usable() is false and ask() fails at once: nobody waits for a Redis
// that is known to be away. The links find out by themselves when it is back. A Redis that stops
// answering so costs each request at most one reply_deadline, and only those that asked before it
// was noticed. Each change is logged once. Errors: unavailable.
//
// start() and stop() on a thread that is not one of the executors', which must be running; stop()
// before they end. The rest on any thread.

#include "core/log.hpp"
#include "core/task_group.hpp"
#include "kv/redis_link.hpp"

#include <condition_variable>

namespace siahub::kv {

// A Lua script and the SHA-1 under which Redis keeps it.
struct RedisScript {
    std::string_view text;
    std::string_view sha1;
};

struct RedisStatus {
    bool ok = false;
    std::string error;                     // the last one; empty while ok
    std::chrono::microseconds latency{0};  // of the last reply, at most a heartbeat ago
};

class RedisClient final : RedisLink::Owner {
  public:
    RedisClient(const RedisOptions& options, const std::vector<asio::any_io_executor>& executors,
                const Log& log);
    ~RedisClient() override;
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    // Returns when every link has tried to connect once.
    void start();
    void stop();

    [[nodiscard]] bool usable() const { return usable_.load(std::memory_order_relaxed); }
    [[nodiscard]] RedisStatus status() const;

    // `command` from encode_command(). An error reply is an Error.
    Task<Result<Reply>> ask(std::string command);
    // `words`: the key, then the arguments.
    Task<Result<Reply>> eval(const RedisScript& script, std::vector<std::string> words);

  private:
    void link_up(std::size_t index) override;
    void link_down(std::size_t index, std::string_view why) override;
    [[nodiscard]] const RedisLink& link_near(const asio::any_io_executor& home) const;
    Task<Result<Reply>> ask_raw(std::string command);

    const std::string shown_address_;
    const std::chrono::milliseconds start_limit_;
    const Log& log_;
    TaskGroup running_;
    std::vector<std::shared_ptr<RedisLink>> links_;
    std::atomic<bool> usable_ = false;
    bool started_ = false;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::optional<bool>> up_;  // per link; nullopt: not tried yet
    std::optional<bool> reported_;         // what the log says
    std::string error_;
};

}  // namespace siahub::kv
