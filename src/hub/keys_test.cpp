#include "hub/keys.hpp"

#include "hub/test_hub.hpp"

#include <map>
#include <regex>

namespace siahub::hub {
namespace {

using KeysTest = HubTest;

NewKey key_for(RowId user, KeyScope scope = KeyScope::write) {
    NewKey key;
    key.user_id = user;
    key.scope = scope;
    return key;
}

TEST_F(KeysTest, AKeyIsShownOnceAndKeptAsItsHash) {
    const auto issued = get(keys_.create(key_for(add_user("alice"))));
    EXPECT_TRUE(std::regex_match(issued.text, std::regex("hf_[A-Za-z0-9]{34}"))) << issued.text;
    EXPECT_EQ(issued.key.prefix, issued.text.substr(0, 7));
    const auto rows = sql("SELECT hash, prefix, label FROM api_keys");
    ASSERT_EQ(rows.size(), 1U);
    const auto digest = sha256(as_bytes(issued.text));
    EXPECT_EQ(rows[0].blob(0), Bytes(digest.begin(), digest.end()));
    EXPECT_EQ(rows[0].text(1), issued.text.substr(0, 7));
}

TEST_F(KeysTest, LifeOfAKey) {
    const auto alice = add_user("Alice");
    const auto issued = get(keys_.create(key_for(alice, KeyScope::read)));
    const auto who = get(authenticator_.authenticate(issued.text));
    EXPECT_EQ(who->user_id, alice);
    EXPECT_EQ(who->name, "Alice");
    EXPECT_EQ(who->scope, KeyScope::read);
    EXPECT_EQ(who->key_id, issued.key.id);

    EXPECT_FALSE(get(keys_.list(alice)).at(0).last_used_at);
    get(authenticator_.flush_last_used());
    EXPECT_EQ(get(keys_.list(alice)).at(0).last_used_at, kTestStart);

    EXPECT_EQ(code_of(keys_.revoke(alice + 1, issued.key.id)), Code::not_found);
    get(keys_.revoke(alice, issued.key.id));
    EXPECT_EQ(code_of(keys_.revoke(alice, issued.key.id)), Code::not_found);
    clock_.advance(Authenticator::kMaxStaleness);
    EXPECT_EQ(code_of(authenticator_.authenticate(issued.text)), Code::invalid_credentials);
    EXPECT_LT(Authenticator::kMaxStaleness, 5000);
}

TEST_F(KeysTest, WhenAKeyWasUsedSurvivesAWriteThatFails) {
    const auto alice = add_user("alice");
    const auto early = add_key(alice);
    const auto often = add_key(alice);
    const auto use = [this](const std::string& key) { get(authenticator_.authenticate(key)); };
    use(early);
    use(often);
    sql("ALTER TABLE api_keys RENAME TO away");
    EXPECT_FALSE(run_task(authenticator_.flush_last_used()).has_value());
    sql("ALTER TABLE away RENAME TO api_keys");
    clock_.advance(Authenticator::kMaxStaleness);
    use(often);
    get(authenticator_.flush_last_used());
    std::map<std::string, UnixMillis> used;
    for (const auto& row : sql("SELECT prefix, last_used_at FROM api_keys"))
        used[row.text(0)] = row.integer(1);
    EXPECT_EQ(used.at(early.substr(0, 7)), kTestStart);
    EXPECT_EQ(used.at(often.substr(0, 7)), kTestStart + Authenticator::kMaxStaleness);
}

TEST_F(KeysTest, AKeyIsAnsweredFromMemoryForSomeSeconds) {
    const auto text = add_key(add_user("alice"));
    const auto first = get(authenticator_.authenticate(text));
    sql("DELETE FROM api_keys");
    clock_.advance(Authenticator::kMaxStaleness - 1);
    EXPECT_EQ(get(authenticator_.authenticate(text)), first);
}

TEST_F(KeysTest, AKeyThatWasWrongWorksAsSoonAsItExists) {
    const auto alice = add_user("alice");
    EXPECT_EQ(code_of(authenticator_.authenticate("hf_not-there-yet")), Code::invalid_credentials);
    get(keys_.import(key_for(alice), "hf_not-there-yet"));
    EXPECT_EQ(get(authenticator_.authenticate("hf_not-there-yet"))->user_id, alice);
}

TEST_F(KeysTest, AKeyEndsWhenItExpiresEvenIfRemembered) {
    auto key = key_for(add_user("alice"));
    key.expires_at = kTestStart + 1000;
    const auto text = get(keys_.create(key)).text;
    EXPECT_EQ(get(authenticator_.authenticate(text))->name, "alice");
    clock_.advance(999);
    EXPECT_EQ(get(authenticator_.authenticate(text))->name, "alice");
    clock_.advance(1);
    EXPECT_EQ(code_of(authenticator_.authenticate(text)), Code::invalid_credentials);
}

TEST_F(KeysTest, BadCredentialsHaveTheSentenceThatClientsKnow) {
    for (const auto& bad :
         {std::string("hf_wrong"), std::string(100'000, 'x'), std::string("\0", 1)})
        EXPECT_EQ(run_task(authenticator_.authenticate(bad)).error().message,
                  "Invalid credentials in Authorization header");
    EXPECT_TRUE(get(authenticator_.authenticate(""))->anonymous());
}

TEST_F(KeysTest, ImportTakesKeysFromElsewhereOnce) {
    const auto alice = add_user("alice");
    const auto bob = add_user("bob");
    get(keys_.import(key_for(alice, KeyScope::read), "api_org_something"));
    get(keys_.import(key_for(alice, KeyScope::admin), "api_org_something"));
    ASSERT_EQ(get(keys_.list(alice)).size(), 1U);
    get(accounts_.make_admin(alice));
    EXPECT_EQ(get(authenticator_.authenticate("api_org_something"))->scope, KeyScope::admin);
    EXPECT_EQ(code_of(keys_.import(key_for(bob), "api_org_something")), Code::conflict);
    for (const auto& bad :
         {std::string("short"), std::string("with blank"), std::string("tab\there"),
          std::string(257, 'x'), std::string("umläut-key")})
        EXPECT_EQ(code_of(keys_.import(key_for(alice), bad)), Code::invalid_argument) << bad;
    // Half of a short key at most is shown.
    EXPECT_EQ(get(keys_.import(key_for(alice), "12345678")).prefix, "1234");
}

TEST_F(KeysTest, OnlyUsersHaveKeys) {
    EXPECT_EQ(code_of(keys_.create(key_for(add_org("acme")))), Code::not_found);
    EXPECT_EQ(code_of(keys_.create(key_for(12345))), Code::not_found);
}

TEST_F(KeysTest, ACallerKnowsHisRoles) {
    const auto alice = add_user("alice");
    const auto org = add_org("acme", {{"alice", OrgRole::contributor}});
    const auto other = add_org("other");
    const auto who = caller(alice);
    EXPECT_EQ(who->role_in(alice), OrgRole::admin);
    EXPECT_EQ(who->role_in(org), OrgRole::contributor);
    EXPECT_EQ(who->role_in(other), std::nullopt);
    EXPECT_EQ(Caller().role_in(0), std::nullopt);
}

}  // namespace
}  // namespace siahub::hub
