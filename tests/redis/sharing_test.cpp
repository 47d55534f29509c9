// Two processes on one Redis, and how little they ask of it.
#include "core/run_task.hpp"
#include "hub_process.hpp"
#include "kv/redis_scripts.hpp"

namespace siahub::kv {
namespace {

constexpr std::chrono::hours kLong{10};

class Sharing : public ::testing::Test {
  protected:
    Sharing() { server_.start(); }
    RedisOptions patient() const {
        auto options = options_of(server_);
        options.connect_deadline = options.reply_deadline = std::chrono::seconds(20);
        return options;
    }
    // How often Redis ran the command.
    int calls_of(const std::string& command) const {
        const auto stats = server_.cli("info commandstats");
        const auto at = stats.find("cmdstat_" + command + ":calls=");
        if (at == std::string::npos) return 0;
        return std::stoi(stats.substr(stats.find('=', at) + 1));
    }
    RedisServer server_;
};

TEST_F(Sharing, ASmallLimitIsExact) {
    HubProcess one(patient());
    HubProcess two(patient());
    const Rate rate{.requests = 20, .window = kLong};
    EXPECT_EQ(one.take("a", rate, 12), 12);
    EXPECT_EQ(two.take("a", rate, 12), 8);
    EXPECT_EQ(one.take("a", rate, 12), 0);
}

TEST_F(Sharing, ALargeLimitIsExactButForAHundredthInHand) {
    HubProcess one(patient());
    HubProcess two(patient());
    const Rate rate{.requests = 10'000, .window = kLong};
    EXPECT_EQ(one.take("a", rate, 250), 250);  // has taken 300
    EXPECT_EQ(two.take("a", rate, 20'000), 9'700);
    EXPECT_EQ(one.take("a", rate, 20'000), 50);
}

TEST_F(Sharing, MostTurnsAskNobody) {
    HubProcess hub(patient());
    const Rate rate{.requests = 10'000, .window = kLong};
    EXPECT_EQ(hub.take("a", rate, 5'000), 5'000);
    EXPECT_LE(calls_of("evalsha"), 51);
    EXPECT_EQ(hub.take("a", rate, 50'000), 5'000);
    EXPECT_LE(calls_of("evalsha"), 105) << "a flood beyond the limit stays here";
}

TEST_F(Sharing, ManyAtOnceDoNotEmptyTheBucketIntoOneProcess) {
    HubProcess one(patient());
    HubProcess two(patient());
    const Rate rate{.requests = 1000, .window = kLong};
    std::vector<std::future<Turn>> crowd;
    for (int i = 0; i < 100; ++i)
        crowd.push_back(one.lanes().spawn(one.limiter().take("a", rate), std::size_t(i)));
    for (auto& turn : crowd)
        EXPECT_TRUE(turn.get().allowed);
    EXPECT_GT(two.take("a", rate, 1000), 700);
}

TEST_F(Sharing, WhatOneForgetsIsForgottenForBoth) {
    HubProcess one(patient());
    HubProcess two(patient());
    one.lanes().run(one.cache().put("session", "alice", std::chrono::minutes(1)));
    EXPECT_EQ(two.lanes().run(two.cache().get("session"))->value, "alice");
    two.lanes().run(two.cache().erase("session"));
    EXPECT_FALSE(one.lanes().run(one.cache().get("session")));
}

TEST_F(Sharing, ALockExcludesTheOther) {
    HubProcess one(patient());
    HubProcess two(patient());
    auto lease = one.lanes().run(one.locks().try_lock("work", std::chrono::minutes(1)));
    ASSERT_TRUE(lease);
    EXPECT_FALSE(two.lanes().run(two.locks().try_lock("work", std::chrono::minutes(1))));
    EXPECT_TRUE(one.lanes().run(lease->release()));
    EXPECT_TRUE(two.lanes().run(two.locks().try_lock("work", std::chrono::minutes(1))));
}

TEST_F(Sharing, ScriptsHaveTheDigestTheyClaim) {
    HubProcess hub(patient());
    for (const auto* script : {&kTakeTokens, &kGetWithTtl, &kReleaseLock, &kRenewLock}) {
        const auto reply = hub.ask({"SCRIPT", "LOAD", script->text});
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->text, script->sha1) << script->text;
    }
}

TEST_F(Sharing, AForgottenScriptIsSentAgainOnce) {
    HubProcess hub(patient());
    const Rate rate{.requests = 10, .window = kLong};
    EXPECT_EQ(hub.take("a", rate, 2), 2);
    ASSERT_TRUE(hub.ask({"SCRIPT", "FLUSH"}));
    const auto before = calls_of("eval");
    EXPECT_EQ(hub.take("a", rate, 5), 5);
    EXPECT_EQ(calls_of("eval"), before + 1);
}

TEST_F(Sharing, EachThreadHasAConnectionAndStrangersUseTheFirst) {
    HubProcess hub(patient(), 3);
    const auto clients = server_.cli("client list");
    EXPECT_EQ(std::ranges::count(clients, '\n'), 3 + 1) << clients;  // and redis-cli
    EXPECT_EQ(run_task(hub.redis().ask(encode_command({"PING"})))->text, "PONG");
}

TEST_F(Sharing, DatabasesKeepApart) {
    auto options = patient();
    options.address.database = 5;
    HubProcess five(options);
    HubProcess zero(patient());
    five.lanes().run(five.cache().put("a", "1", std::chrono::minutes(1)));
    EXPECT_FALSE(zero.lanes().run(zero.cache().get("a")));
    EXPECT_TRUE(five.lanes().run(five.cache().get("a")));
}

}  // namespace
}  // namespace siahub::kv
