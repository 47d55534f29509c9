// Redis away, slow, refusing, or not Redis at all: what callers pay and how it comes back. Times
// are upper bounds with room for a machine under load; what must not be waited for takes
// microseconds.
#include "hub_process.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

namespace siahub::kv {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kDeadline{250};
constexpr milliseconds kRoom{1500};
constexpr Rate kFew{.requests = 3, .window = std::chrono::hours(10)};

Task<milliseconds> timed_take(RateLimiter& limiter, std::string key) {
    const auto began = steady_clock::now();
    const auto now = limiter.take_now(key, kFew);
    if (!now) co_await limiter.take(key, kFew);
    co_return std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
}

class Faults : public ::testing::Test {
  protected:
    static milliseconds time_of_take(HubProcess& hub, const std::string& key) {
        return hub.lanes().run(timed_take(hub.limiter(), key));
    }
    // Without Redis: limits and locks of this process, nothing in the cache, no waiting.
    static void expect_degraded(HubProcess& hub, const std::string& key) {
        const auto began = steady_clock::now();
        for (int i = 0; i < 100; ++i)
            time_of_take(hub, key + std::to_string(i));
        EXPECT_LT(steady_clock::now() - began, kRoom) << "a hundred take less than ten deadlines";
        EXPECT_EQ(hub.take(key, kFew, 10), 3);
        EXPECT_FALSE(hub.lanes().run(hub.cache().get(key)));
        auto lease = hub.lanes().run(hub.locks().try_lock(key, std::chrono::minutes(1)));
        ASSERT_TRUE(lease);
        EXPECT_FALSE(hub.lanes().run(hub.locks().try_lock(key, std::chrono::minutes(1))));
        EXPECT_TRUE(hub.lanes().run(lease->release()));
        EXPECT_FALSE(hub.redis().status().ok);
        EXPECT_NE(hub.redis().status().error, "");
    }
    static void expect_served(HubProcess& hub, const std::string& key) {
        EXPECT_TRUE(hub.becomes_usable(true)) << hub.redis().status().error;
        hub.lanes().run(hub.cache().put(key, "x", std::chrono::minutes(1)));
        EXPECT_TRUE(hub.lanes().run(hub.cache().get(key)));
        EXPECT_EQ(hub.redis().status().error, "");
        EXPECT_GT(hub.redis().status().latency.count(), 0);
    }
    RedisServer server_;
};

TEST_F(Faults, AwayAtTheStartAndFoundLater) {
    const auto began = steady_clock::now();
    HubProcess hub(options_of(server_));
    EXPECT_LT(steady_clock::now() - began, 2 * kDeadline + kRoom);
    expect_degraded(hub, "a");
    server_.start();
    expect_served(hub, "b");
}

TEST_F(Faults, KilledIsNoticedAtOnce) {
    server_.start();
    HubProcess hub(options_of(server_));
    expect_served(hub, "a");
    server_.kill();
    EXPECT_TRUE(hub.becomes_usable(false));
    expect_degraded(hub, "b");
    server_.start();
    expect_served(hub, "c");
}

// Takes turns until told to stop; the longest one.
Task<milliseconds> longest_take(RateLimiter& limiter, int worker, const std::atomic<bool>& stop,
                                std::atomic<int>& turns) {
    milliseconds longest{0};
    for (int i = 0; !stop; ++i) {
        const auto key = std::to_string(worker) + ":" + std::to_string(i);
        longest = std::max(longest, co_await timed_take(limiter, key));
        ++turns;
        co_await asio::post(asio::use_awaitable);
    }
    co_return longest;
}

TEST_F(Faults, KilledAndRestartedUnderLoad) {
    server_.start();
    HubProcess hub(options_of(server_));
    std::atomic<bool> stop = false;
    std::atomic<int> turns = 0;
    std::vector<std::future<milliseconds>> workers;
    for (int i = 0; i < 50; ++i)
        workers.push_back(hub.lanes().spawn(longest_take(hub.limiter(), i, stop, turns),
                                            static_cast<std::size_t>(i)));
    for (int round = 0; round < 3; ++round) {
        std::this_thread::sleep_for(milliseconds(300));
        server_.kill();
        EXPECT_TRUE(hub.becomes_usable(false));
        const int before = turns;
        std::this_thread::sleep_for(milliseconds(300));
        EXPECT_GT(turns, before) << "work goes on without Redis";
        server_.start();
        EXPECT_TRUE(hub.becomes_usable(true)) << hub.redis().status().error;
    }
    stop = true;
    for (auto& worker : workers)
        EXPECT_LT(worker.get(), kDeadline + kRoom);
}

TEST_F(Faults, PausedCostsEachCallerAtMostOneDeadline) {
    server_.start();
    HubProcess hub(options_of(server_));
    expect_served(hub, "a");
    server_.pause();
    std::vector<std::future<milliseconds>> callers;
    for (std::size_t i = 0; i < 100; ++i)
        callers.push_back(hub.lanes().spawn(timed_take(hub.limiter(), "b" + std::to_string(i)), i));
    milliseconds longest{0};
    for (auto& caller : callers)
        longest = std::max(longest, caller.get());
    EXPECT_GE(longest, kDeadline - milliseconds(30)) << "one had asked";
    EXPECT_LT(longest, kDeadline + kRoom);
    EXPECT_FALSE(hub.redis().usable());
    expect_degraded(hub, "c");
    EXPECT_TRUE(hub.redis().status().error.contains("250 ms")) << hub.redis().status().error;
    server_.resume();
    expect_served(hub, "d");
}

TEST_F(Faults, PausedWhileIdleCostsNobodyAnything) {
    server_.start();
    HubProcess hub(options_of(server_));
    server_.pause();
    EXPECT_TRUE(hub.becomes_usable(false)) << "the heartbeat finds out";
    expect_degraded(hub, "a");
    server_.resume();
    expect_served(hub, "b");
}

TEST_F(Faults, WrongPasswordIsNamedWithoutIt) {
    RedisServer locked({"--requirepass", "open-sesame"});
    locked.start();
    auto options = options_of(locked);
    for (const auto* password : {"", "wrong-word"}) {
        options.address.password = password;
        HubProcess hub(options);
        expect_degraded(hub, "a");
        EXPECT_TRUE(hub.redis().status().error.contains("refuses us"));
        EXPECT_FALSE(hub.redis().status().error.contains("wrong-word"));
    }
    options.address.password = "open-sesame";
    HubProcess hub(options);
    expect_served(hub, "b");
}

TEST_F(Faults, UserWhoMayNotRunScriptsIsRefused) {
    server_.start();
    server_.cli("acl setuser limited on '>pw' '~*' +@all -eval");
    server_.cli("acl setuser full on '>pw' '~siahub:*' +@all -@dangerous");
    auto options = options_of(server_);
    options.address.password = "pw";
    options.address.user = "limited";
    {
        HubProcess hub(options);
        expect_degraded(hub, "a");
        EXPECT_TRUE(hub.redis().status().error.contains("NOPERM")) << hub.redis().status().error;
    }
    options.address.user = "full";
    HubProcess hub(options);
    expect_served(hub, "b");
}

TEST_F(Faults, FullMemoryDegradesUntilThereIsRoom) {
    server_.start();
    HubProcess hub(options_of(server_));
    expect_served(hub, "a");
    server_.cli("config set maxmemory 1");
    time_of_take(hub, "b");  // whoever writes first finds out
    EXPECT_TRUE(hub.becomes_usable(false));
    std::this_thread::sleep_for(milliseconds(500));
    expect_degraded(hub, "c");
    EXPECT_TRUE(hub.redis().status().error.contains("OOM")) << hub.redis().status().error;
    server_.cli("config set maxmemory 0");
    expect_served(hub, "d");
}

TEST_F(Faults, CutConnectionsComeBackAtOnce) {
    server_.start();
    HubProcess hub(options_of(server_));
    for (int round = 0; round < 3; ++round) {
        server_.cli("client kill type normal skipme yes");
        EXPECT_TRUE(hub.becomes_usable(false) || hub.redis().usable());
        expect_served(hub, std::to_string(round));
    }
}

// Accepts and says something that is not RESP.
Task<void> speak_http(asio::ip::tcp::acceptor& acceptor) {
    while (true) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        const std::string_view answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
        co_await asio::async_write(socket, asio::buffer(answer), asio::use_awaitable);
    }
}

TEST_F(Faults, SomethingElseThanRedisIsNamed) {
    asio::io_context context;
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    asio::co_spawn(context, speak_http(acceptor), asio::detached);
    std::jthread thread([&] { context.run(); });
    RedisOptions options;
    options.address.host = "localhost";
    options.address.port = acceptor.local_endpoint().port();
    {
        HubProcess hub(options);
        expect_degraded(hub, "a");
        EXPECT_TRUE(hub.redis().status().error.contains("unknown type"))
            << hub.redis().status().error;
    }
    context.stop();
}

TEST_F(Faults, NobodyThereIsNamed) {
    RedisOptions options;
    options.address.host = "127.0.0.1";
    options.address.port = 1;
    HubProcess refused(options);
    EXPECT_TRUE(refused.redis().status().error.contains("refused"))
        << refused.redis().status().error;
    options.address.host = "no-such-host.invalid";
    HubProcess unknown(options);
    expect_degraded(unknown, "a");
}

TEST_F(Faults, WhatWaitsIsBounded) {
    server_.start();
    auto options = options_of(server_);
    options.max_waiting = 10;
    HubProcess hub(options, 1);
    server_.pause();
    std::vector<std::future<Result<Reply>>> callers;
    for (int i = 0; i < 30; ++i)
        callers.push_back(hub.lanes().spawn(hub.redis().ask(encode_command({"PING"}))));
    int turned_away = 0;
    for (auto& caller : callers) {
        const auto reply = caller.get();
        if (!reply && reply.error().message.contains("too many")) ++turned_away;
    }
    EXPECT_GE(turned_away, 19);
    EXPECT_LE(turned_away, 20) << "the heartbeat may be one of those that wait";
    server_.resume();
    EXPECT_TRUE(hub.becomes_usable(true));
    EXPECT_TRUE(hub.ask({"PING"}));
}

Task<void> ask_echo(RedisClient& redis, std::string word, std::string& answer) {
    const auto reply = co_await redis.ask(encode_command({"ECHO", word}));
    answer = reply ? reply->text : reply.error().message;
}

TEST_F(Faults, ALeaverDoesNotGetOthersTheWrongReply) {
    server_.start();
    auto options = options_of(server_);
    options.reply_deadline = std::chrono::seconds(20);
    HubProcess hub(options, 1);
    server_.pause();
    asio::cancellation_signal leave;
    std::promise<bool> left;
    std::string first, second;
    const auto executor = hub.lanes().executors().front();
    asio::co_spawn(executor, ask_echo(hub.redis(), "one", first),
                   asio::bind_cancellation_slot(leave.slot(), [&](const std::exception_ptr& e) {
                       left.set_value(e != nullptr);
                   }));
    auto stays = hub.lanes().spawn(ask_echo(hub.redis(), "two", second));
    asio::post(executor, [&] { leave.emit(asio::cancellation_type::terminal); });
    EXPECT_TRUE(left.get_future().get()) << "the wait ends with the leave, not with the reply";
    EXPECT_EQ(first, "");
    server_.resume();
    stays.get();
    EXPECT_EQ(second, "two");
}

TEST_F(Faults, StopEndsWhatWaits) {
    server_.start();
    auto options = options_of(server_);
    options.reply_deadline = std::chrono::seconds(20);
    std::string answer;
    Lanes lanes(2);
    const Log log(Log::Level::off);
    RedisClient redis(options, lanes.executors(), log);
    redis.start();
    server_.pause();
    auto waiting = lanes.spawn(ask_echo(redis, "never", answer));
    std::this_thread::sleep_for(milliseconds(50));
    redis.stop();
    waiting.get();
    EXPECT_TRUE(answer.contains("shut down")) << answer;
    EXPECT_FALSE(redis.usable());
}

}  // namespace
}  // namespace siahub::kv
