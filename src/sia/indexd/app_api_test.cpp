#include "sia/indexd/indexd_test_support.hpp"

namespace siahub::sia::indexd::testing {
namespace {

class AppApiTest : public IndexdTest {
  protected:
    AppApi api = api_of(key);
};

TEST_F(AppApiTest, KnowsWhoItIs) {
    EXPECT_TRUE(run(api.check()));
    const auto account = run(api.account()).value();
    EXPECT_EQ(account.key, public_key_of(key));
    EXPECT_EQ(account.max_pinned_data, 1'000'000'000'000);
    EXPECT_EQ(account.remaining_storage, 1'000'000'000'000);
    EXPECT_EQ(account.app_name, "test");
    EXPECT_FALSE(account.ready);
    EXPECT_EQ(account.last_used, kNow / 1000);
}

TEST_F(AppApiTest, IsUnknownWithAnotherKey) {
    const auto stranger = api_of(Ed25519PrivateKey::random());
    EXPECT_TRUE(failed(run(stranger.check()), Failure::unknown_key));
    EXPECT_TRUE(failed(run(stranger.pin_slabs({slab(1)})), Failure::unknown_key));
}

TEST_F(AppApiTest, IsToldWhenClocksDiffer) {
    ManualClock late(kNow - 3'600'000);
    const auto slow = AppApi::open(harness.client(), {.url = indexd->app_url()}, key, late).value();
    EXPECT_TRUE(failed(run(slow.check()), Failure::bad_signature));
    const auto misnamed =
        AppApi::open(harness.client(), {.url = indexd->app_url(), .advertised_authority = "a.b"},
                     key, clock)
            .value();
    EXPECT_TRUE(failed(run(misnamed.check()), Failure::bad_signature));
}

TEST_F(AppApiTest, ReadsAllPagesOfHosts) {
    for (const std::size_t page : {1UZ, 4UZ, 5UZ, 15UZ, 100UZ}) {
        const auto paged =
            AppApi::open(harness.client(), {.url = indexd->app_url(), .hosts_per_page = page}, key,
                         clock)
                .value();
        const auto hosts = run(paged.hosts()).value();
        ASSERT_EQ(hosts.size(), kHosts) << page;
        EXPECT_EQ(hosts[2].key, host(3).key);
    }
    const auto first = run(api.hosts()).value().front();
    EXPECT_EQ(first.addresses, host(1).addresses);
    EXPECT_EQ(first.country_code, "US");
    EXPECT_EQ(first.latitude, 1);
    EXPECT_EQ(first.longitude, -1);
    EXPECT_TRUE(first.good_for_upload);
}

TEST_F(AppApiTest, FiltersHosts) {
    EXPECT_EQ(run(api.hosts({.country = "DE"})).value().size(), 7);
    EXPECT_EQ(run(api.hosts({.protocol = "quic"})).value().size(), 0);
    EXPECT_TRUE(failed(run(api.hosts({.protocol = "pigeon"})), Failure::bad_request));
}

TEST_F(AppApiTest, PinsSlabsAndReadsThemBack) {
    const auto ids = run(api.pin_slabs({slab(1), slab(2)})).value();
    EXPECT_EQ(ids, (std::vector{slab_id(slab(1)), slab_id(slab(2))}));
    EXPECT_EQ(run(api.slab(ids[1])).value(), slab(2));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value(), (std::vector{ids[1], ids[0]}));
    EXPECT_EQ(run(api.slab_ids(1, 10)).value(), (std::vector{ids[0]}));
    EXPECT_EQ(run(api.account()).value().pinned_data, 2 * 4 * (4 << 20));
    EXPECT_EQ(run(api.account()).value().pinned_size, 2 * 14 * (4 << 20));
    ASSERT_TRUE(run(api.pin_slabs({slab(1)})));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 2);
}

TEST_F(AppApiTest, PinsManySlabsInBatches) {
    std::vector<Slab> slabs;
    for (std::uint8_t number = 1; number <= 120; ++number)
        slabs.push_back(slab(number));
    const auto ids = run(api.pin_slabs(slabs)).value();
    ASSERT_EQ(ids.size(), 120);
    EXPECT_EQ(ids.back(), slab_id(slabs.back()));
    EXPECT_EQ(indexd->requests("/slabs"), 3);
    EXPECT_EQ(run(api.pin_slabs({})).value().size(), 0);
}

TEST_F(AppApiTest, IsRefusedWhatIndexdDoesNotPin) {
    auto weak = slab(1);
    weak.sectors.resize(8);
    EXPECT_TRUE(failed(run(api.pin_slabs({weak})), Failure::bad_request));
    auto twice = slab(1);
    twice.sectors[1].host = twice.sectors[0].host;
    EXPECT_TRUE(failed(run(api.pin_slabs({twice})), Failure::bad_request));
    auto elsewhere = slab(1);
    for (std::uint8_t shard = 0; shard < 3; ++shard)
        elsewhere.sectors[shard].host = filled<PublicKey>(static_cast<std::uint8_t>(200 + shard));
    EXPECT_TRUE(failed(run(api.pin_slabs({elsewhere})), Failure::bad_hosts));  // never heard of
    indexd->with_model([](auto& model) {
        for (std::uint8_t shard = 0; shard < 3; ++shard)
            model.unusable_hosts.insert(filled<PublicKey>(static_cast<std::uint8_t>(200 + shard)));
    });
    EXPECT_TRUE(failed(run(api.pin_slabs({elsewhere})), Failure::bad_hosts));
    elsewhere.sectors[0].host = filled<PublicKey>(1);
    EXPECT_TRUE(run(api.pin_slabs({elsewhere})));
}

TEST_F(AppApiTest, TellsAFullQuotaFromABrokenServer) {
    indexd->with_model([&](auto& model) { return model.set_limit(public_key_of(key), 20 << 20); });
    ASSERT_TRUE(run(api.pin_slabs({slab(1)})));
    EXPECT_EQ(run(api.account()).value().remaining_storage, 4 << 20);
    EXPECT_TRUE(failed(run(api.pin_slabs({slab(2)})), Failure::quota_exceeded));
    EXPECT_TRUE(run(api.pin_slabs({slab(1)})));
    fault({.path = "/slabs", .status = 500, .text = "failed to pin slab: deadlock detected"});
    EXPECT_TRUE(failed(run(api.pin_slabs({slab(2)})), Failure::server));
}

TEST_F(AppApiTest, UnpinsAndPrunesWhatNoObjectUses) {
    ASSERT_TRUE(run(api.pin_slabs({slab(1), slab(2), slab(3)})));
    ASSERT_TRUE(run(api.pin_object(object({1}))));
    EXPECT_TRUE(failed(run(api.unpin_slab(slab_id(slab(1)))), Failure::in_use));
    EXPECT_TRUE(run(api.unpin_slab(slab_id(slab(2)))));
    EXPECT_TRUE(failed(run(api.unpin_slab(slab_id(slab(2)))), Failure::not_found));
    EXPECT_TRUE(failed(run(api.slab(slab_id(slab(2)))), Failure::not_found));
    ASSERT_TRUE(run(api.prune_slabs()));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 2);
    ASSERT_TRUE(run(api.prune_slabs(kNow / 1000 + 1)));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value(), (std::vector{slab_id(slab(1))}));
}

TEST_F(AppApiTest, KeepsObjects) {
    const auto sealed = object({1, 2});
    EXPECT_TRUE(failed(run(api.pin_object(sealed)), Failure::unpinned_slab));
    ASSERT_TRUE(run(api.pin_slabs({slab(1), slab(2)})));
    ASSERT_TRUE(run(api.pin_object(sealed)));
    const auto back = run(api.object(sealed.id())).value();
    EXPECT_EQ(back.created_at, kNow / 1000);
    const auto opened = open(back, key).value();
    EXPECT_EQ(opened.metadata, Bytes(5));
    EXPECT_EQ(opened.slabs, open(sealed, key).value().slabs);
    ASSERT_TRUE(run(api.delete_object(sealed.id())));
    EXPECT_TRUE(failed(run(api.object(sealed.id())), Failure::not_found));
    EXPECT_TRUE(failed(run(api.delete_object(sealed.id())), Failure::not_found));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 0);
}

TEST_F(AppApiTest, IsRefusedObjectsThatAreNotItsOwn) {
    ASSERT_TRUE(run(api.pin_slabs({slab(1)})));
    auto forged = object({1});
    forged.data_signature.bytes[3] ^= std::byte{1};
    EXPECT_TRUE(failed(run(api.pin_object(forged)), Failure::bad_request));
    auto blocked = object({1});
    indexd->with_model([&](auto& model) { model.block(blocked.id()); });
    EXPECT_TRUE(failed(run(api.pin_object(blocked)), Failure::blocked));
    EXPECT_TRUE(failed(run(api.object(blocked.id())), Failure::blocked));
}

TEST_F(AppApiTest, ReadsEventsBehindACursor) {
    ASSERT_TRUE(run(api.pin_slabs({slab(1), slab(2), slab(3)})));
    ASSERT_TRUE(run(api.pin_object(object({1}))));
    ASSERT_TRUE(run(api.pin_object(object({2}))));
    EXPECT_EQ(run(api.events({}, 10)).value().size(), 0);  // the second still runs
    clock.advance(1000);
    ASSERT_TRUE(run(api.pin_object(object({3}))));
    clock.advance(1000);
    const auto first = run(api.events({}, 1)).value();
    ASSERT_EQ(first.size(), 1);
    const auto rest = run(api.events(first[0].cursor(), 10)).value();
    ASSERT_EQ(rest.size(), 2);
    EXPECT_EQ(rest[1].key, object({3}).id());
    EXPECT_TRUE(open(*rest[1].object, key));
    EXPECT_EQ(run(api.events(rest[1].cursor(), 10)).value().size(), 0);
    ASSERT_TRUE(run(api.delete_object(object({1}).id())));
    clock.advance(1000);
    const auto last = run(api.events(rest[1].cursor(), 10)).value();
    ASSERT_EQ(last.size(), 1);
    EXPECT_TRUE(last[0].deleted);
    EXPECT_FALSE(last[0].object);
}

TEST_F(AppApiTest, SeesWhatARepairHasMoved) {
    ASSERT_TRUE(run(api.pin_slabs({slab(1)})));
    ASSERT_TRUE(run(api.pin_object(object({1}))));
    clock.advance(5000);
    const auto cursor = run(api.events({}, 10)).value().at(0).cursor();
    const auto root = slab(1).sectors[0].root;
    EXPECT_EQ(indexd->with_model(
                  [&](auto& model) { return model.move_sector(root, filled<PublicKey>(15)); }),
              1);
    clock.advance(1000);
    const auto events = run(api.events(cursor, 10)).value();
    ASSERT_EQ(events.size(), 1);
    EXPECT_EQ(events[0].object->slabs[0].slab.sectors[0].host, filled<PublicKey>(15));
    EXPECT_EQ(events[0].key, object({1}).id());
}

TEST_F(AppApiTest, TellsWhatKindOfFailureItMet) {
    const auto met = [&](unsigned status, std::string text) {
        fault({.path = "/account", .status = status, .text = std::move(text), .times = 1});
        return run(api.account()).error().failure;
    };
    EXPECT_EQ(met(429, "too many requests"), Failure::rate_limited);
    EXPECT_EQ(met(404, "account not found"), Failure::not_found);
    EXPECT_EQ(met(503, ""), Failure::server);
    EXPECT_EQ(met(302, ""), Failure::bad_answer);
    EXPECT_EQ(met(200, "<html>"), Failure::bad_answer);
    EXPECT_EQ(met(200, "{}"), Failure::bad_answer);
    EXPECT_EQ(met(200, "[]"), Failure::bad_answer);
    EXPECT_TRUE(run(api.account()));
}

TEST_F(AppApiTest, IsTransientOnlyWhereWaitingHelps) {
    const auto transient = [&](unsigned status, std::string text = "") {
        fault({.path = "/account", .status = status, .text = std::move(text), .times = 1});
        return run(api.account()).error().is_transient();
    };
    EXPECT_TRUE(transient(503));
    EXPECT_TRUE(transient(429));
    EXPECT_TRUE(transient(500, "app storage limit exceeded"));
    EXPECT_FALSE(transient(401, "unknown account"));
    EXPECT_FALSE(transient(400, "invalid slab pin params"));
    EXPECT_FALSE(transient(451));
}

TEST_F(AppApiTest, GoesOnWhenIndexdIsBack) {
    ASSERT_TRUE(run(api.pin_slabs({slab(1)})));
    indexd->stop();
    const auto down = run(api.slab(slab_id(slab(1))));
    EXPECT_TRUE(failed(down, Failure::unreachable));
    EXPECT_TRUE(down.error().message.contains(indexd->app_url())) << down.error().message;
    ASSERT_TRUE(indexd->start());
    EXPECT_EQ(run(api.slab(slab_id(slab(1)))).value(), slab(1));
}

TEST_F(AppApiTest, IsHarmlessToRepeatWhenAnAnswerIsLost) {
    fault({.path = "/slabs", .status = 502, .after = true, .times = 1});
    EXPECT_TRUE(failed(run(api.pin_slabs({slab(1)})), Failure::server));
    EXPECT_TRUE(run(api.pin_slabs({slab(1)})));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 1);
}

TEST(AppApiOpen, RefusesAddressesThatAreNone) {
    http::testing::ClientHarness harness;
    const ManualClock clock(0);
    const auto key = Ed25519PrivateKey::random();
    for (const auto* url : {"", "indexd", "ftp://indexd", "http://indexd?a=b", "http://indexd#x"})
        EXPECT_FALSE(AppApi::open(harness.client(), {.url = url}, key, clock)) << url;
    EXPECT_TRUE(AppApi::open(harness.client(), {.url = "https://indexd/"}, key, clock));
}

}  // namespace
}  // namespace siahub::sia::indexd::testing
