#include "sia/indexd/admin_api.hpp"

#include "sia/indexd/indexd_test_support.hpp"

namespace siahub::sia::indexd::testing {
namespace {

class AdminApiTest : public IndexdTest {
  protected:
    AdminApi admin =
        AdminApi::open(harness.client(), indexd->admin_url(), FakeIndexd::kPassword).value();
};

TEST_F(AdminApiTest, NeedsThePassword) {
    const auto stranger = AdminApi::open(harness.client(), indexd->admin_url(), "guess").value();
    EXPECT_TRUE(failed(run(stranger.state()), Failure::unknown_key));
    const auto state = run(admin.state()).value();
    EXPECT_EQ(state.version, "v0.4.4");
    EXPECT_EQ(state.sync_height, 1000);
    EXPECT_TRUE(state.synced);
}

TEST_F(AdminApiTest, RegistersAnAppKeyAlone) {
    const auto connect = run(admin.add_connect_key("a hub", "default", "my key")).value();
    EXPECT_EQ(connect.key, "my key");
    EXPECT_EQ(connect.remaining_uses, 5);
    const auto mine = Ed25519PrivateKey::random();
    EXPECT_TRUE(failed(run(admin.register_app_key("other key", public_key_of(mine), {})),
                       Failure::unknown_key));
    const AppInfo app{.id = filled<Hash256>(3), .name = "SiaHub"};
    for (int time = 0; time < 7; ++time)
        ASSERT_TRUE(run(admin.register_app_key("my key", public_key_of(mine), app)));
    EXPECT_EQ(run(api_of(mine).account()).value().app_id, app.id);
    EXPECT_TRUE(failed(run(admin.add_connect_key("again", "default", "my key")), Failure::in_use));
    EXPECT_TRUE(failed(run(admin.delete_connect_key("my key")), Failure::in_use));
}

TEST_F(AdminApiTest, ConnectKeysAreUsedUp) {
    ASSERT_TRUE(run(admin.put_quota(
        {.key = "one", .description = "", .max_pinned_data = 1 << 30, .total_uses = 1})));
    ASSERT_TRUE(run(admin.add_connect_key("", "one", "k")));
    const auto registered = [&] {
        return run(admin.register_app_key("k", public_key_of(Ed25519PrivateKey::random()), {}));
    };
    EXPECT_TRUE(registered());
    EXPECT_TRUE(failed(registered(), Failure::not_approved));
    EXPECT_TRUE(failed(run(admin.delete_quota("one")), Failure::in_use));
    EXPECT_TRUE(failed(run(admin.delete_quota("none")), Failure::not_found));
}

TEST_F(AdminApiTest, QuotasHoldForAllAccountsOfAConnectKey) {
    ASSERT_TRUE(run(admin.put_quota(
        {.key = "small", .description = "", .max_pinned_data = 20 << 20, .total_uses = 2})));
    EXPECT_EQ(run(admin.quotas()).value().size(), 2);
    ASSERT_TRUE(run(admin.add_connect_key("", "small", "k")));
    const auto one = Ed25519PrivateKey::random(), other = Ed25519PrivateKey::random();
    for (const auto& app_key : {one, other}) {
        ASSERT_TRUE(run(admin.register_app_key("k", public_key_of(app_key), {})));
        ASSERT_TRUE(run(admin.set_account_limit(public_key_of(app_key), 1 << 30)));
    }
    ASSERT_TRUE(run(api_of(one).pin_slabs({slab(1)})));
    EXPECT_TRUE(failed(run(api_of(other).pin_slabs({slab(2)})), Failure::quota_exceeded));
    EXPECT_TRUE(failed(run(admin.set_account_limit(filled<PublicKey>(77), 1)), Failure::not_found));
}

TEST_F(AdminApiTest, ShowsHostsContractsAndWallet) {
    const auto hosts = run(admin.hosts()).value();
    ASSERT_EQ(hosts.size(), kHosts);
    EXPECT_EQ(hosts[0].host.key, host(1).key);
    EXPECT_EQ(hosts[0].protocol_version, "v5.1.0");
    EXPECT_EQ(hosts[0].remaining_sectors, 1000);
    EXPECT_TRUE(hosts[0].host.good_for_upload);
    EXPECT_EQ(hosts[0].egress_price, Currency{500'000'000'000'000});
    EXPECT_EQ(hosts[0].last_successful_scan, 1767323045);
    indexd->with_model([](auto& model) { model.hosts[1].good_for_upload = false; });
    const auto dear = run(admin.hosts()).value()[1];
    EXPECT_EQ(dear.unusable_because, std::vector<std::string>{"storagePrice"});
    EXPECT_FALSE(dear.host.good_for_upload);
    const auto contracts = run(admin.contracts()).value();
    ASSERT_EQ(contracts.size(), kHosts);
    EXPECT_EQ(contracts[0].state, "active");
    EXPECT_TRUE(contracts[0].good);
    EXPECT_EQ(to_decimal(run(admin.wallet()).value().spendable), "5000000000000000000000000000");
    EXPECT_EQ(run(admin.alerts()).value().size(), 0);
}

TEST_F(AdminApiTest, ShowsNumbers) {
    ASSERT_TRUE(run(api_of(key).pin_slabs({slab(1)})));
    EXPECT_EQ(run(admin.sector_stats()).value().slabs, 1);
    EXPECT_EQ(run(admin.contract_stats()).value().contracts, kHosts);
    EXPECT_EQ(run(admin.host_stats()).value().good_for_upload, kHosts);
    EXPECT_EQ(run(admin.account_stats()).value().pinned_data, 16 << 20);
    EXPECT_EQ(run(admin.accounts()).value().at(0).key, public_key_of(key));
}

}  // namespace
}  // namespace siahub::sia::indexd::testing
