#include "hub/session_share.hpp"

#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

class SessionShareTest : public HubTest {
  protected:
    auth::LiveKeyRing open_keys(const char* name) {
        return auth::LiveKeyRing::open(dir_.path() / name, std::chrono::milliseconds(0)).value();
    }
    CallerPtr sign_in(Authenticator& authenticator, const std::string& key) {
        return get(authenticator.authenticate(key));
    }
    static Task<bool> done(Task<void> task) {
        co_await std::move(task);
        co_return true;
    }
    bool refuses(Authenticator& authenticator, const std::string& key) {
        return code_of(authenticator.authenticate(key)) == Code::invalid_credentials;
    }

    kv::LocalCache cache_{clock_, 100};
    SessionShare share_{cache_, open_keys("keys")};
    // Two processes on one database.
    Authenticator one_{*database_, clock_, &share_};
    Authenticator two_{*database_, clock_, &share_};
};

TEST_F(SessionShareTest, OneLooksUpForAll) {
    const auto alice = add_user("alice");
    add_org("acme", {{"alice", OrgRole::write}});
    const auto key = add_key(alice, KeyScope::read);
    const auto first = sign_in(one_, key);
    sql("DELETE FROM api_keys");
    const auto second = sign_in(two_, key);
    EXPECT_EQ(second->user_id, alice);
    EXPECT_EQ(second->name, "alice");
    EXPECT_EQ(second->key_id, first->key_id);
    EXPECT_EQ(second->scope, KeyScope::read);
    ASSERT_EQ(second->memberships.size(), 1U);
    EXPECT_EQ(second->memberships[0].name, "acme");
    EXPECT_EQ(second->memberships[0].role, OrgRole::write);
    EXPECT_EQ(second->memberships[0].org_id, first->memberships[0].org_id);
}

TEST_F(SessionShareTest, ARevokedKeyEndsEverywhereInTimeHoweverItWasPassedOn) {
    const auto key = add_key(add_user("alice"));
    sign_in(one_, key);
    sql("DELETE FROM api_keys");
    clock_.advance(Authenticator::kMaxStaleness - 1);
    sign_in(two_, key);  // takes it from the share at the last moment
    clock_.advance(1);
    EXPECT_TRUE(refuses(two_, key)) << "age counts from the database, not from the copy";
    EXPECT_TRUE(refuses(one_, key));
}

TEST_F(SessionShareTest, AForgottenKeyEndsAtOnceWhereItWasNotUsedYet) {
    const auto key = add_key(add_user("alice"));
    sign_in(one_, key);
    sql("DELETE FROM api_keys");
    run_task(done(one_.forget(Keys::hash(key))));
    EXPECT_TRUE(refuses(one_, key));
    EXPECT_TRUE(refuses(two_, key));
}

TEST_F(SessionShareTest, AKeyExpiresInTheShareToo) {
    NewKey wanted;
    wanted.user_id = add_user("alice");
    wanted.expires_at = clock_.now() + 1000;
    const auto key = get(keys_.create(std::move(wanted))).text;
    sign_in(one_, key);
    clock_.advance(1000);
    EXPECT_TRUE(refuses(two_, key));
}

TEST_F(SessionShareTest, WhoWritesToTheCacheIsNobodyByThat) {
    const auto alice_key = add_key(add_user("alice"));
    const auto mallory_key = add_key(add_user("mallory"));
    sign_in(one_, alice_key);
    const auto name_of = [](const std::string& key) {
        return "session:" + to_hex(Keys::hash(key));
    };
    const auto alices = run_task(cache_.get(name_of(alice_key)));
    ASSERT_TRUE(alices);
    EXPECT_FALSE(alices->value.contains(alice_key));
    const auto plant = [&](const std::string& value) {
        run_task(done(cache_.put(name_of(mallory_key), value, std::chrono::seconds(4))));
        Authenticator fresh(*database_, clock_, &share_);
        EXPECT_EQ(sign_in(fresh, mallory_key)->name, "mallory") << value;
    };
    plant(alices->value);  // sealed, but for another key
    plant("");
    plant(std::string(64, '0') + R"({"user":1})");
    auto changed = alices->value;
    changed.back() = ' ';
    plant(changed);
    SessionShare other_hub(cache_, open_keys("other"));
    EXPECT_FALSE(run_task(other_hub.find(Keys::hash(alice_key))));
    ASSERT_TRUE(auth::KeyRing::rotate(dir_.path() / "keys"));
    EXPECT_TRUE(run_task(share_.find(Keys::hash(alice_key)))) << "sealed with the key before";
    ASSERT_TRUE(auth::KeyRing::rotate(dir_.path() / "keys"));
    EXPECT_FALSE(run_task(share_.find(Keys::hash(alice_key))));
}

}  // namespace
}  // namespace siahub::hub
