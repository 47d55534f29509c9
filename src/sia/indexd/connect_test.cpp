#include "sia/indexd/connect.hpp"

#include "sia/indexd/admin_api.hpp"
#include "sia/indexd/indexd_test_support.hpp"

namespace siahub::sia::indexd::testing {
namespace {

class ConnectTest : public IndexdTest {
  protected:
    AdminApi admin =
        AdminApi::open(harness.client(), indexd->admin_url(), FakeIndexd::kPassword).value();
    AppInfo app{.id = filled<Hash256>(7),
                .name = "SiaHub",
                .description = "A hub",
                .service_url = "https://hub.example"};

    ConnectRequest request() {
        return *run(ConnectRequest::make(harness.client(), {.url = indexd->app_url()}, app, clock,
                                         std::nullopt))
                    .value();
    }
    ApiResult<void> answer(const ConnectRequest& request, const std::string& key, bool approve) {
        return run(answer_request(harness.client(), request.approval_url(), key, approve));
    }
    std::string connect_key() { return run(admin.add_connect_key("a hub", "default")).value().key; }
};

TEST_F(ConnectTest, RegistersAKeyThatAPersonApproved) {
    const auto asked = request();
    EXPECT_EQ(asked.expires_at(), kNow / 1000 + 600);
    EXPECT_FALSE(run(asked.status()).value().approved);
    const auto app_key = Ed25519PrivateKey::random();
    EXPECT_TRUE(failed(run(asked.register_key(app_key)), Failure::not_approved));
    ASSERT_TRUE(answer(asked, connect_key(), true));
    const auto status = run(asked.status()).value();
    EXPECT_TRUE(status.approved);
    EXPECT_FALSE(status.user_secret.is_zero());
    EXPECT_TRUE(failed(run(api_of(app_key).check()), Failure::unknown_key));
    ASSERT_TRUE(run(asked.register_key(app_key)));
    EXPECT_TRUE(run(api_of(app_key).check()));
    EXPECT_TRUE(failed(run(asked.register_key(app_key)), Failure::not_found));
}

TEST_F(ConnectTest, GivesTheSameSecretToTheSameAppAndConnectKey) {
    const auto key = connect_key();
    const auto one = request(), other = request();
    ASSERT_TRUE(answer(one, key, true));
    ASSERT_TRUE(answer(other, key, true));
    EXPECT_EQ(run(one.status()).value().user_secret, run(other.status()).value().user_secret);
}

TEST_F(ConnectTest, EndsWhenItIsRejectedOrIndexdRestarts) {
    const auto rejected = request();
    ASSERT_TRUE(answer(rejected, connect_key(), false));
    EXPECT_TRUE(failed(run(rejected.status()), Failure::not_found));
    const auto forgotten = request();
    indexd->stop();
    ASSERT_TRUE(indexd->start());
    EXPECT_TRUE(failed(run(forgotten.status()), Failure::not_found));
}

TEST_F(ConnectTest, NeedsAConnectKeyThatExists) {
    for (const bool approve : {true, false})
        EXPECT_TRUE(failed(answer(request(), "no such key", approve), Failure::unknown_key));
}

TEST_F(ConnectTest, SaysWhatIsMissing) {
    app.name.clear();
    const auto asked = run(ConnectRequest::make(harness.client(), {.url = indexd->app_url()}, app,
                                                clock, std::nullopt));
    EXPECT_TRUE(failed(asked, Failure::bad_request));
    EXPECT_TRUE(asked.error().message.contains("name is required")) << asked.error().message;
}

TEST_F(ConnectTest, IsHeldBackWhenItAsksTooOften) {
    fault({.path = "/auth/connect", .status = 429, .text = "too many requests"});
    EXPECT_TRUE(failed(run(ConnectRequest::make(harness.client(), {.url = indexd->app_url()}, app,
                                                clock, std::nullopt)),
                       Failure::rate_limited));
}

}  // namespace
}  // namespace siahub::sia::indexd::testing
