#include "kv/redis_address.hpp"

#include <gtest/gtest.h>

namespace siahub::kv {
namespace {

TEST(RedisAddress, OfATcpServer) {
    const auto full = parse_redis_url("redis://me:p%40ss%3A@cache.example:6380/3");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->host, "cache.example");
    EXPECT_EQ(full->port, 6380);
    EXPECT_EQ(full->user, "me");
    EXPECT_EQ(full->password, "p@ss:");
    EXPECT_EQ(full->database, 3U);
    EXPECT_EQ(full->shown(), "redis://cache.example:6380/3");
    const auto shortest = parse_redis_url("redis://10.0.0.1");
    ASSERT_TRUE(shortest);
    EXPECT_EQ(shortest->port, 6379);
    EXPECT_EQ(parse_redis_url("redis://:secret@[::1]:7/")->shown(), "redis://[::1]:7/0");
    EXPECT_EQ(parse_redis_url("redis://:secret@[::1]")->password, "secret");
}

TEST(RedisAddress, OfASocket) {
    const auto address = parse_redis_url("unix://:pw@/run/redis/a@b.sock?db=2");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->socket_path, "/run/redis/a@b.sock");
    EXPECT_EQ(address->password, "pw");
    EXPECT_EQ(address->database, 2U);
    EXPECT_EQ(address->shown(), "unix:///run/redis/a@b.sock?db=2");
    EXPECT_EQ(parse_redis_url("unix:///r.sock")->socket_path, "/r.sock");
}

TEST(RedisAddress, RefusalsNameTheFaultAndKeepTheSecret) {
    for (const auto* url :
         {"", "localhost:6379", "http://x", "rediss://:secret@h", "redis://", "redis://:6379",
          "redis://:secret@h:0", "redis://:secret@h:65536", "redis://:secret@h:6379x",
          "redis://:secret@h/x", "redis://secret@h", "redis://u:@h", "redis://:secret%@h",
          "redis://:secret@[::1", "redis://:secret@[::1]x:1", "unix://secret", "unix:///s?x=secret",
          "unix:///s?db=-1", "redis://h/99999999"}) {
        const auto parsed = parse_redis_url(url);
        ASSERT_FALSE(parsed) << url;
        EXPECT_EQ(parsed.error().code, Code::invalid_argument) << url;
        EXPECT_FALSE(parsed.error().message.contains("secret")) << parsed.error().message;
    }
}

}  // namespace
}  // namespace siahub::kv
