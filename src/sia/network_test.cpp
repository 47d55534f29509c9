// What has to hold on every Sia network: run it in this process, on the stand-ins of tests/sia_net,
// and on the Foundation's indexd and hosts (SIAHUB_SIA_NETWORK, see network_under_test.hpp).
#include "core/run_task.hpp"
#include "http/client_test_support.hpp"
#include "sia/client.hpp"
#include "sia/indexd/admin_api.hpp"
#include "sia/indexd/connect.hpp"
#include "sia/test_support/network_under_test.hpp"
#include "sia/test_vectors.hpp"

#include <gtest/gtest.h>

namespace siahub::sia {
namespace {

using namespace indexd;
using testing::NetworkUnderTest;
using testing::splitmix64;

constexpr std::size_t kMiB = 1 << 20;
constexpr std::uint64_t kTerabyte = 1'000'000'000'000;

template <class T>
::testing::AssertionResult failed(const ApiResult<T>& result, Failure how) {
    if (result) return ::testing::AssertionFailure() << "it succeeded";
    if (result.error().failure == how) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << static_cast<int>(result.error().failure) << ": " << result.error().message;
}

std::string random_name(std::string_view prefix) {
    return std::string(prefix) + "-" + to_hex(Ed25519PrivateKey::random().seed()).substr(0, 12);
}

class NetworkTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { network = std::make_unique<NetworkUnderTest>(); }
    static void TearDownTestSuite() { network.reset(); }

    template <class T>
    T run(Task<T> task) {
        return harness.run(std::move(task));
    }
    AppApi api_of(const Ed25519PrivateKey& who) {
        return AppApi::open(harness.client(), {.url = network->app_url}, who, clock).value();
    }
    // A connect key with a quota of its own.
    std::string connect_key(std::uint64_t max_pinned_data, std::uint64_t uses) {
        const auto name = random_name("q");
        EXPECT_TRUE(run(admin.put_quota({.key = name,
                                         .description = "a test",
                                         .max_pinned_data = max_pinned_data,
                                         .total_uses = uses,
                                         .fund_target_bytes = 1 << 30})));
        return run(admin.add_connect_key("a test", name)).value().key;
    }
    Ed25519PrivateKey account(const std::string& connect_key) {
        const auto key = Ed25519PrivateKey::random();
        const auto done =
            run(admin.register_app_key(connect_key, public_key_of(key), {.name = "a test"}));
        EXPECT_TRUE(done) << done.error().message;
        return key;
    }
    // Of roots that nobody has; nothing looks before it pins.
    Slab slab() {
        const auto hosts = run(api_of(*network->app_key).hosts()).value();
        Slab slab{.key = SecretKey{}, .min_shards = 4, .sectors = {}};
        slab.key.bytes = Ed25519PrivateKey::random().seed();
        for (std::size_t shard = 0; shard < 14; ++shard) {
            Hash256 root;
            root.bytes = Ed25519PrivateKey::random().seed();
            slab.sectors.push_back({root, hosts.at(shard).key});
        }
        return slab;
    }
    static SealedObject object(const Slab& slab, const Ed25519PrivateKey& key) {
        Object object{.data_key = slab.key, .slabs = {{slab, 10, 1000}}, .metadata = Bytes(5)};
        return seal(object, key);
    }

    static inline std::unique_ptr<NetworkUnderTest> network;
    SystemClock clock;
    http::testing::ClientHarness harness;
    AdminApi admin =
        AdminApi::open(harness.client(), network->admin_url, network->admin_password).value();
};

TEST_F(NetworkTest, TheNodeIsSynced) {
    const auto state = run(admin.state()).value();
    EXPECT_TRUE(state.synced);
    EXPECT_GT(state.sync_height, 0U);
    EXPECT_EQ(state.scan_height, state.sync_height);
    const auto stranger = AdminApi::open(harness.client(), network->admin_url, "guess").value();
    EXPECT_TRUE(failed(run(stranger.state()), Failure::unknown_key));
}

TEST_F(NetworkTest, HostsAreListedAlikeByBothApis) {
    const auto hosts = run(api_of(*network->app_key).hosts()).value();
    ASSERT_EQ(hosts.size(), network->hosts);
    const auto with_admin = run(admin.hosts()).value();
    ASSERT_EQ(with_admin.size(), network->hosts);
    for (const auto& host : hosts) {
        EXPECT_TRUE(host.good_for_upload);
        EXPECT_EQ(std::ranges::count(host.addresses, "siamux", &NetAddress::protocol), 1);
        const auto same = std::ranges::find_if(
            with_admin, [&](const AdminHost& other) { return other.host.key == host.key; });
        ASSERT_NE(same, with_admin.end());
        EXPECT_EQ(same->host.country_code, host.country_code);
        EXPECT_DOUBLE_EQ(same->host.latitude, host.latitude);
        EXPECT_DOUBLE_EQ(same->host.longitude, host.longitude);
        EXPECT_TRUE(same->unusable_because.empty());
        EXPECT_FALSE(same->blocked);
        EXPECT_TRUE(same->accepting_contracts);
        EXPECT_EQ(same->protocol_version, "v5.1.0");
        EXPECT_EQ(same->egress_price, Currency{500'000'000'000'000});
        EXPECT_GT(same->last_successful_scan, 0);
    }
    const auto country = hosts[0].country_code;
    const auto there = run(api_of(*network->app_key).hosts({.country = country})).value();
    EXPECT_EQ(there.size(), std::ranges::count(hosts, country, &Host::country_code));
    EXPECT_TRUE(
        failed(run(api_of(*network->app_key).hosts({.protocol = "pigeon"})), Failure::bad_request));
}

TEST_F(NetworkTest, ContractsWalletAndNumbersAreThere) {
    const auto contracts = run(admin.contracts()).value();
    EXPECT_GE(contracts.size(), network->hosts);
    EXPECT_TRUE(contracts[0].good);
    EXPECT_GT(to_decimal(contracts[0].remaining_allowance).size(), 20U);
    const auto wallet = run(admin.wallet()).value();
    EXPECT_GT(to_decimal(wallet.confirmed).size(), 24U);
    EXPECT_FALSE(wallet.address.empty());
    EXPECT_TRUE(run(admin.alerts()));
    EXPECT_GE(run(admin.contract_stats()).value().contracts, network->hosts);
    EXPECT_TRUE(run(admin.sector_stats()));
    const auto hosts = run(admin.host_stats()).value();
    EXPECT_EQ(hosts.active, network->hosts);
    EXPECT_EQ(hosts.good_for_upload, network->hosts);
    EXPECT_GE(run(admin.account_stats()).value().registered, 1U);
}

TEST_F(NetworkTest, ConnectKeysAreUsedUp) {
    const auto one = connect_key(kTerabyte, 1);
    const auto keys = run(admin.connect_keys()).value();
    const auto listed = std::ranges::find(keys, one, &ConnectKey::key);
    ASSERT_NE(listed, keys.end());
    EXPECT_EQ(listed->remaining_uses, 1U);
    const auto key = account(one);
    EXPECT_TRUE(run(admin.register_app_key(one, public_key_of(key), {.name = "a test"})));
    const auto other = public_key_of(Ed25519PrivateKey::random());
    EXPECT_TRUE(failed(run(admin.register_app_key(one, other, {})), Failure::not_approved));
    EXPECT_TRUE(
        failed(run(admin.register_app_key("no such key", other, {})), Failure::unknown_key));
    EXPECT_TRUE(failed(run(admin.delete_connect_key(one)), Failure::in_use));
    EXPECT_TRUE(failed(run(admin.delete_quota(listed->quota)), Failure::in_use));
    EXPECT_TRUE(failed(run(admin.delete_quota("none")), Failure::not_found));
    EXPECT_TRUE(failed(run(admin.add_connect_key("again", listed->quota, one)), Failure::in_use));
}

TEST_F(NetworkTest, AccountsAreWhatWasRegistered) {
    const auto key = account(connect_key(1 << 30, 1));
    const auto api = api_of(key);
    EXPECT_TRUE(run(api.check()));
    const auto mine = run(api.account()).value();
    EXPECT_EQ(mine.key, public_key_of(key));
    EXPECT_EQ(mine.app_name, "a test");
    EXPECT_EQ(mine.remaining_storage, 1U << 30);
    EXPECT_EQ(mine.pinned_data, 0U);
    EXPECT_FALSE(mine.ready);
    EXPECT_LT(std::abs(mine.last_used - clock.now() / 1000), 3600);
    ASSERT_TRUE(run(admin.set_account_limit(public_key_of(key), 1 << 20)));
    EXPECT_EQ(run(api.account()).value().max_pinned_data, 1U << 20);
    const auto stranger = Ed25519PrivateKey::random();
    EXPECT_TRUE(failed(run(api_of(stranger).check()), Failure::unknown_key));
    EXPECT_TRUE(failed(run(api_of(stranger).account()), Failure::unknown_key));
    EXPECT_TRUE(
        failed(run(admin.set_account_limit(public_key_of(stranger), 1)), Failure::not_found));
    const ManualClock late(clock.now() - 3'600'000);
    const auto slow = AppApi::open(harness.client(), {.url = network->app_url}, key, late).value();
    EXPECT_TRUE(failed(run(slow.check()), Failure::bad_signature));
}

TEST_F(NetworkTest, SlabsArePinnedReadAndUnpinned) {
    const auto api = api_of(account(connect_key(kTerabyte, 1)));
    const auto one = slab(), other = slab();
    const auto ids = run(api.pin_slabs({one, other}));
    ASSERT_TRUE(ids) << ids.error().message;
    EXPECT_EQ(*ids, (std::vector{slab_id(one), slab_id(other)}));
    EXPECT_EQ(run(api.slab(slab_id(one))).value(), one);
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 2U);
    EXPECT_EQ(run(api.slab_ids(1, 10)).value().size(), 1U);
    EXPECT_EQ(run(api.account()).value().pinned_data, 2U * 4 * kSectorSize);
    EXPECT_EQ(run(api.account()).value().pinned_size, 2U * 14 * kSectorSize);
    EXPECT_TRUE(run(api.pin_slabs({one})));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 2U);
    EXPECT_TRUE(run(api.unpin_slab(slab_id(one))));
    EXPECT_TRUE(failed(run(api.unpin_slab(slab_id(one))), Failure::not_found));
    EXPECT_TRUE(failed(run(api.slab(slab_id(one))), Failure::not_found));
    EXPECT_TRUE(run(api.prune_slabs()));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 1U);
    EXPECT_TRUE(run(api.prune_slabs(clock.now() / 1000 + 10)));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 0U);
}

TEST_F(NetworkTest, SlabsThatWouldNotLastAreRefused) {
    const auto api = api_of(account(connect_key(kTerabyte, 1)));
    auto weak = slab();
    weak.sectors.resize(8);
    EXPECT_TRUE(failed(run(api.pin_slabs({weak})), Failure::bad_request));
    auto twice = slab();
    twice.sectors[1].host = twice.sectors[0].host;
    EXPECT_TRUE(failed(run(api.pin_slabs({twice})), Failure::bad_request));
    auto elsewhere = slab();
    for (std::size_t shard = 0; shard < 3; ++shard)
        elsewhere.sectors[shard].host = public_key_of(Ed25519PrivateKey::random());
    EXPECT_TRUE(failed(run(api.pin_slabs({elsewhere})), Failure::bad_hosts));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 0U);
}

TEST_F(NetworkTest, FullQuotasAreToldApart) {
    const auto key = account(connect_key(kTerabyte, 1));
    ASSERT_TRUE(run(admin.set_account_limit(public_key_of(key), 20 * kMiB)));
    const auto first = slab();
    ASSERT_TRUE(run(api_of(key).pin_slabs({first})));
    EXPECT_EQ(run(api_of(key).account()).value().remaining_storage, 4 * kMiB);
    EXPECT_TRUE(failed(run(api_of(key).pin_slabs({slab()})), Failure::quota_exceeded));
    EXPECT_TRUE(run(api_of(key).pin_slabs({first})));
    const auto shared = connect_key(20 * kMiB, 2);
    const auto one = account(shared), other = account(shared);
    for (const auto& who : {one, other})
        ASSERT_TRUE(run(admin.set_account_limit(public_key_of(who), kTerabyte)));
    ASSERT_TRUE(run(api_of(one).pin_slabs({slab()})));
    EXPECT_TRUE(failed(run(api_of(other).pin_slabs({slab()})), Failure::quota_exceeded));
    for (const auto& who : {key, one})
        EXPECT_TRUE(run(api_of(who).prune_slabs(clock.now() / 1000 + 10)));
}

TEST_F(NetworkTest, ObjectsNeedTheirSlabs) {
    const auto key = account(connect_key(kTerabyte, 1));
    const auto api = api_of(key);
    const auto used = slab();
    const auto sealed = object(used, key);
    EXPECT_TRUE(failed(run(api.pin_object(sealed)), Failure::unpinned_slab));
    ASSERT_TRUE(run(api.pin_slabs({used})));
    auto forged = sealed;
    forged.data_signature.bytes[3] ^= std::byte{1};
    EXPECT_TRUE(failed(run(api.pin_object(forged)), Failure::bad_request));
    ASSERT_TRUE(run(api.pin_object(sealed)));
    ASSERT_TRUE(run(api.pin_object(sealed)));
    const auto back = run(api.object(sealed.id())).value();
    EXPECT_LT(std::abs(back.created_at - clock.now() / 1000), 3600);
    const auto opened = open(back, key).value();
    EXPECT_EQ(opened.metadata, Bytes(5));
    EXPECT_EQ(opened.slabs, open(sealed, key).value().slabs);
    EXPECT_TRUE(failed(run(api.unpin_slab(slab_id(used))), Failure::in_use));
    ASSERT_TRUE(run(api.delete_object(sealed.id())));
    EXPECT_TRUE(failed(run(api.object(sealed.id())), Failure::not_found));
    EXPECT_TRUE(failed(run(api.delete_object(sealed.id())), Failure::not_found));
    EXPECT_EQ(run(api.slab_ids(0, 10)).value().size(), 0U);
}

TEST_F(NetworkTest, EventsTellWhatHasChanged) {
    const auto key = account(connect_key(kTerabyte, 1));
    const auto api = api_of(key);
    const auto one = slab(), other = slab();
    ASSERT_TRUE(run(api.pin_slabs({one, other})));
    const auto await_events = [&](EventCursor after, std::size_t count) {
        std::vector<ObjectEvent> events;
        for (int i = 0; i < 100 && events.size() < count; ++i) {
            events = run(api.events(after, 10)).value();
            if (events.size() < count) std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return events;
    };
    ASSERT_TRUE(run(api.pin_object(object(one, key))));
    const auto first = await_events({}, 1);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].key, object(one, key).id());
    EXPECT_TRUE(open(*first[0].object, key));
    ASSERT_TRUE(run(api.pin_object(object(other, key))));
    ASSERT_TRUE(run(api.delete_object(object(one, key).id())));
    const auto rest = await_events(first[0].cursor(), 2);
    ASSERT_EQ(rest.size(), 2U);
    for (const auto& event : rest) {
        EXPECT_EQ(event.deleted, event.key == first[0].key);
        EXPECT_EQ(event.object.has_value(), !event.deleted);
    }
    EXPECT_EQ(run(api.events(rest[1].cursor(), 10)).value().size(), 0U);
    ASSERT_TRUE(run(api.delete_object(object(other, key).id())));
}

TEST_F(NetworkTest, APersonApprovesAKey) {
    AppInfo app{.id = Hash256{},
                .name = "SiaHub",
                .description = "A hub",
                .service_url = "https://hub.example"};
    app.id.bytes = Ed25519PrivateKey::random().seed();
    const auto ask = [&] {
        return run(ConnectRequest::make(harness.client(), {.url = network->app_url}, app, clock,
                                        std::nullopt));
    };
    const auto key = connect_key(kTerabyte, 5);
    const auto asked = ask();
    ASSERT_TRUE(asked) << asked.error().message;
    EXPECT_NEAR(static_cast<double>((*asked)->expires_at()),
                static_cast<double>(clock.now() / 1000 + 600), 60);
    EXPECT_FALSE(run((*asked)->status()).value().approved);
    const auto app_key = Ed25519PrivateKey::random();
    EXPECT_TRUE(failed(run((*asked)->register_key(app_key)), Failure::not_approved));
    const auto answer = [&](const std::string& with, bool approve) {
        return run(answer_request(harness.client(), (*asked)->approval_url(), with, approve));
    };
    EXPECT_TRUE(failed(answer("no such key", true), Failure::unknown_key));
    ASSERT_TRUE(answer(key, true));
    const auto status = run((*asked)->status()).value();
    EXPECT_TRUE(status.approved);
    EXPECT_FALSE(status.user_secret.is_zero());
    EXPECT_FALSE(status.reconnecting);
    ASSERT_TRUE(run((*asked)->register_key(app_key)));
    EXPECT_TRUE(run(api_of(app_key).check()));
    EXPECT_TRUE(failed(run((*asked)->register_key(app_key)), Failure::not_found));

    const auto again = ask();
    ASSERT_TRUE(again) << again.error().message;
    ASSERT_TRUE(run(answer_request(harness.client(), (*again)->approval_url(), key, true)));
    const auto second = run((*again)->status()).value();
    EXPECT_EQ(second.user_secret, status.user_secret);
    EXPECT_TRUE(second.reconnecting);

    const auto unwanted = ask();
    ASSERT_TRUE(unwanted) << unwanted.error().message;
    ASSERT_TRUE(run(answer_request(harness.client(), (*unwanted)->approval_url(), key, false)));
    EXPECT_TRUE(failed(run((*unwanted)->status()), Failure::not_found));
    app.name.clear();
    EXPECT_TRUE(failed(ask(), Failure::bad_request));
}

TEST_F(NetworkTest, ObjectsComeBackByteForByte) {
    WorkPool work(2);
    ClientOptions options;
    options.indexd.url = network->app_url;
    options.transfer.redundancy = {4, 14};
    const auto client = Client::open(options, *network->app_key, work, clock).value();
    const std::vector<Bytes> bodies = {splitmix64(1, 3 * kMiB), splitmix64(2, 17 * kMiB + 3)};
    std::vector<MemorySource> sources(bodies.begin(), bodies.end());
    const auto sealed = run_task(client->put(
        {{bodies[0].size(), &sources[0], Bytes(3)}, {bodies[1].size(), &sources[1], Bytes()}}));
    ASSERT_TRUE(sealed) << sealed.error().message;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const auto found = run_task(client->find((*sealed)[i].id()));
        ASSERT_TRUE(found) << found.error().message;
        const auto object = client->unseal(*found).value();
        EXPECT_EQ(run_task(client->read_all(object, 0, object.size())).value(), bodies[i]);
        for (const std::uint64_t from : {0UL, 63UL, 64UL, 1'000'003UL, 2'999'999UL}) {
            const auto part = run_task(client->read_all(object, from, 4097)).value();
            EXPECT_TRUE(std::ranges::equal(part, ByteView(bodies[i]).subspan(from, 4097)));
        }
        EXPECT_TRUE(run_task(client->remove(object.id())));
    }
    EXPECT_EQ(run_task(client->account()).value().pinned_data, 0U);
    client->stop();
    work.stop();
}

}  // namespace
}  // namespace siahub::sia
