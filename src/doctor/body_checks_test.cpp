// Bodies, the port and Redis, of which one thing is broken.

#include "doctor/doctor_test_support.hpp"

#include <fstream>

namespace siahub::doctor {
namespace {

// -- Redis
// -----------------------------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesARedisThatIsAway) {
    EXPECT_TRUE(bad(run(check_redis)).empty());
    loaded_.config.redis.url = "redis://me:secret@127.0.0.1:" + std::to_string(free_port());
    const auto finding = only(run(check_redis), "redis.reachable", Verdict::error);
    EXPECT_FALSE(mentions(finding.what + finding.remedy, "secret"));
}

TEST_F(DoctorTest, NamesAnEvictionPolicyThatHurts) {
    using std::chrono::microseconds;
    const auto judge = [](std::string_view policy, std::string_view limit, microseconds latency) {
        Report report;
        judge_redis_info("redis_version:7.0.15\r\nmaxmemory:" + std::string(limit) +
                             "\r\nmaxmemory_policy:" + std::string(policy) + "\r\n",
                         "redis://x", latency, report);
        return report;
    };
    EXPECT_EQ(judge("noeviction", "0", microseconds(100)).exit_code(), 0);
    EXPECT_EQ(judge("volatile-ttl", "100", microseconds(100)).exit_code(), 0);
    (void)only(judge("noeviction", "100", microseconds(100)), "redis.eviction", Verdict::warning);
    (void)only(judge("allkeys-lru", "100", microseconds(100)), "redis.eviction", Verdict::warning);
    (void)only(judge("noeviction", "0", microseconds(90'000)), "redis.answers", Verdict::warning);
}

// -- Bodies
// ------------------------------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesABodyThatIsMissingAndWhoNeedsIt) {
    const auto file = store::make_client_file(Bytes(500'000, std::byte{1}), 2);
    make_repo(1, 1, false);
    upload(1, file);
    const auto& xorb = file.xorbs[0].index.xorb;
    fs::remove(body_path(xorb));
    auto finding = only(run(check_bodies), "bodies.files", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, xorb.hex() + " is missing, needed by n/1"));
    std::ofstream(body_path(xorb)) << "short";
    finding = only(run(check_bodies), "bodies.files", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, "has another size"));
}

TEST_F(DoctorTest, NamesABodyThatIsDamaged) {
    Bytes plain(400'000);
    fill_random(plain);
    const auto file = store::make_client_file(plain, 2);
    upload(1, file);
    // The last one may be shorter than what is flipped.
    const auto& xorb = file.xorbs.front().index.xorb;
    flip_byte(body_path(xorb), 5'000);
    const auto finding = only(run(check_bodies, true), "bodies.contents", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, xorb.hex()));
}

TEST_F(DoctorTest, VerifiesSomeBodiesOrAll) {
    Bytes plain(3'000'000);
    fill_random(plain);
    upload(1, store::make_client_file(plain, 1));
    const auto said = [&](bool deep) { return run(check_bodies, deep).findings().back().what; };
    EXPECT_TRUE(mentions(said(false), "16 of "));
    EXPECT_TRUE(mentions(said(true), "all "));
}

TEST_F(DoctorTest, NamesFilesWithoutRowsOnceTheyAreSettled) {
    const auto built = store::make_client_file(Bytes(100'000, std::byte{3})).xorbs[0];
    const auto path = body_path(built.index.xorb);
    fs::create_directories(path.parent_path());
    std::ofstream(path) << as_chars(built.body);
    EXPECT_TRUE(bad(run(check_bodies)).empty());
    fs::last_write_time(path, long_ago());
    EXPECT_TRUE(mentions(only(run(check_bodies), "bodies.rows", Verdict::warning).what,
                         built.index.xorb.hex()));
}

// -- The hub
// ---------------------------------------------------------------------------------------------------------

std::string answer(std::string_view status, std::string_view body) {
    return "HTTP/1.1 " + std::string(status) +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           std::string(body);
}

TEST_F(DoctorTest, NamesAHubThatIsNotReadyAndWhoElseTakesItsPort) {
    EXPECT_TRUE(bad(run(check_hub)).empty());
    const auto examine_one = [&](const ScriptServer::Script& script) {
        const ScriptServer server({script});
        loaded_.config.server.listen.port = server.port();
        return run(check_hub);
    };
    EXPECT_TRUE(bad(examine_one(say(answer("200 OK", R"({"status":"ready"})")))).empty());
    const auto finding =
        only(examine_one(say(answer("503 Service Unavailable", R"({"database":"down"})"))),
             "hub.ready", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, "down"));
    const auto told = only(examine_one(say(answer("503 Service Unavailable",
                                                  R"({"status": "unready", "dependencies": {
                                        "database": {"status": "ok", "latency_ms": 0.42},
                                        "sia": {"status": "down", "latency_ms": 1000,
                                                "cause": "no answer within 1000 ms"}}})"))),
                           "hub.ready", Verdict::error);
    EXPECT_EQ(told.what,
              "unready: database ok in 0.4 ms, sia down in 1000.0 ms (no answer within "
              "1000 ms)");
    (void)only(examine_one(say(answer("404 Not Found", "<html>"))), "hub.listen", Verdict::error);
    (void)only(examine_one(say("SSH-2.0-OpenSSH\r\n")), "hub.listen", Verdict::error);
    loaded_.config.server.listen = {.host = "192.0.2.1", .port = 8470};
    EXPECT_TRUE(mentions(only(run(check_hub), "hub.listen", Verdict::error).what, "192.0.2.1"));
}

TEST_F(DoctorTest, NamesAGatewayThatDoesNotAnswer) {
    EXPECT_TRUE(run(check_neighbours).findings().empty());
    const auto at = [](std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); };
    {
        const ScriptServer gateway({say(answer("200 OK", "{}")), say(answer("502 Bad", "{}"))});
        loaded_.config.gateway.url = at(gateway.port());
        EXPECT_TRUE(bad(run(check_neighbours)).empty());
        EXPECT_TRUE(
            mentions(only(run(check_neighbours), "gateway.url", Verdict::error).what, "502"));
    }
    (void)only(run(check_neighbours), "gateway.url", Verdict::error);
    loaded_.config.cluster.url = at(free_port());
    loaded_.config.gateway.url.clear();
    (void)only(run(check_neighbours), "cluster.url", Verdict::error);
}

}  // namespace
}  // namespace siahub::doctor
