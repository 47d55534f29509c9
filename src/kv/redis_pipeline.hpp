#pragma once
// One connection to Redis, from its opening to its end. Many callers share it: commands go out in
// the order they come, as many as are there in one write, and replies come back in that order. A
// reply that is late ends the connection: Redis answers in order, so whatever is behind waits too.
// An idle connection is asked for a sign of life, so that a dead one is found before a caller pays
// for it. What waits is bounded by RedisOptions; beyond, ask() answers at once.
// ask(), check() and latency() on any thread, the rest on the executor's, which must be one thread.

#include "kv/redis_address.hpp"
#include "kv/redis_call.hpp"

#include <chrono>
#include <deque>
#include <mutex>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace siahub::kv {

struct RedisOptions {
    RedisAddress address;
    std::chrono::milliseconds connect_deadline{250};  // until Redis has shown that it serves us
    std::chrono::milliseconds reply_deadline{250};
    std::chrono::milliseconds heartbeat{1000};   // of an idle connection
    std::chrono::milliseconds first_pause{100};  // between two attempts to connect, doubling
    std::chrono::milliseconds longest_pause{2000};
    std::size_t max_waiting = 4096;  // commands without reply, of one connection
    std::size_t max_waiting_bytes = std::size_t{4} * 1024 * 1024;  // not sent yet
};

class RedisPipeline : public std::enable_shared_from_this<RedisPipeline> {
  public:
    RedisPipeline(const asio::any_io_executor& executor, RedisOptions options);

    // Connects, signs in and lets Redis do once what it will be asked to do.
    Task<Result<void>> open();
    // After open(). Until the connection ends; says why. All calls have their answer then.
    Task<Error> serve();
    void close(std::string why);

    // `call` is answered with the reply, or with `unavailable`.
    void ask(std::string_view command, RedisCallPtr call);
    // Ends the connection unless Redis answers in time.
    void check();
    // How long the last reply took.
    [[nodiscard]] std::chrono::microseconds latency() const { return latency_.load(); }

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;
    struct Waiting {
        RedisCallPtr call;  // null: nobody cares
        SteadyTime asked;
    };
    using Endpoints = std::vector<asio::generic::stream_protocol::endpoint>;

    Task<Result<Endpoints>> endpoints();
    Task<Result<void>> connect();
    Task<Result<void>> greet();
    Task<Result<void>> read_some();
    Result<void> take_replies();
    void tick();
    void check_deadlines();
    // Under the lock: why a command cannot be taken now, or null.
    [[nodiscard]] const char* why_not(std::string_view command) const;
    void flush();
    void fail_all(const Error& error);
    [[nodiscard]] Error ended(const boost::system::error_code& error) const;

    const RedisOptions options_;
    asio::generic::stream_protocol::socket socket_;
    asio::ip::tcp::resolver resolver_;
    asio::steady_timer ticker_;
    RespParser parser_;
    std::vector<char> input_;
    std::string sending_;
    bool writing_ = false;
    bool closed_ = false;
    std::string why_closed_;
    SteadyTime open_until_;
    SteadyTime last_heard_;
    std::deque<Waiting> in_flight_;
    std::atomic<std::chrono::microseconds> latency_{};

    std::mutex mutex_;  // guards what follows
    bool accepting_ = false;
    bool flush_posted_ = false;
    std::string outbox_;
    std::vector<Waiting> queue_;  // whose commands lie in outbox_
    std::size_t unanswered_ = 0;  // in queue_ and in_flight_
};

}  // namespace siahub::kv
