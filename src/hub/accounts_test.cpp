#include "hub/accounts.hpp"

#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

using AccountsTest = HubTest;

NewAccount named(std::string name) {
    return {.name = std::move(name), .fullname = "", .email = ""};
}

TEST_F(AccountsTest, UsersAndOrganisationsShareOneSetOfNames) {
    add_user("Alice");
    EXPECT_EQ(code_of(accounts_.create_user(named("alice"))), Code::conflict);
    EXPECT_EQ(code_of(accounts_.create_org(named("ALICE"), {})), Code::conflict);
    EXPECT_EQ(get(accounts_.find("aLiCe")).name, "Alice");
    EXPECT_EQ(get(accounts_.find("alice")).fullname, "Alice");
    EXPECT_EQ(code_of(accounts_.find("bob")), Code::not_found);
}

TEST_F(AccountsTest, TheOperatorMaySeedNamesOutsideThePublicRules) {
    EXPECT_EQ(code_of(accounts_.create_user(named("-x-"))), Code::invalid_argument);
    EXPECT_EQ(get(accounts_.create_user(named("-x-"), Naming::any)).name, "-x-");
    EXPECT_EQ(code_of(accounts_.create_user(named("a/b"), Naming::any)), Code::invalid_argument);
}

TEST_F(AccountsTest, TextThatWouldBreakACommitIsRefused) {
    EXPECT_EQ(code_of(accounts_.create_user({.name = "a", .fullname = "A\nB", .email = ""})),
              Code::invalid_argument);
    EXPECT_EQ(code_of(accounts_.create_user({.name = "a", .fullname = "", .email = "<a@b>"})),
              Code::invalid_argument);
}

TEST_F(AccountsTest, AnOrganisationIsMadeWithAllItsMembersOrNotAtAll) {
    add_user("alice");
    EXPECT_EQ(code_of(accounts_.create_org(named("acme"),
                                           {{"alice", OrgRole::admin}, {"nobody", OrgRole::read}})),
              Code::not_found);
    EXPECT_EQ(code_of(accounts_.find("acme")), Code::not_found);
    const auto org = add_org("acme", {{"Alice", OrgRole::write}});
    get(accounts_.set_member("ACME", {"alice", OrgRole::admin}));
    const auto members = get(accounts_.members(org));
    ASSERT_EQ(members.size(), 1U);
    EXPECT_EQ(members[0].account.name, "alice");
    EXPECT_EQ(members[0].role, OrgRole::admin);
    EXPECT_EQ(code_of(accounts_.set_member("alice", {"alice", OrgRole::admin})), Code::not_found);
    EXPECT_EQ(code_of(accounts_.set_member("acme", {"acme", OrgRole::admin})), Code::not_found);
}

TEST_F(AccountsTest, WhoamiShowsKeyAndOrganisations) {
    const auto alice = add_user("alice");
    add_org("zeta", {{"alice", OrgRole::read}});
    add_org("Acme", {{"alice", OrgRole::contributor}});
    NewKey key;
    key.user_id = alice;
    key.scope = KeyScope::read;
    key.label = "laptop";
    key.expires_at = kTestStart + 1000;
    const auto text = get(keys_.create(key)).text;
    const auto identity = get(accounts_.whoami(*get(authenticator_.authenticate(text))));
    EXPECT_EQ(identity.account.name, "alice");
    EXPECT_EQ(identity.key_label, "laptop");
    EXPECT_EQ(identity.key_scope, KeyScope::read);
    EXPECT_EQ(identity.key_created_at, kTestStart);
    EXPECT_EQ(identity.key_expires_at, kTestStart + 1000);
    ASSERT_EQ(identity.orgs.size(), 2U);
    EXPECT_EQ(identity.orgs[0].account.name, "Acme");
    EXPECT_EQ(identity.orgs[0].role, OrgRole::contributor);
    EXPECT_EQ(code_of(accounts_.whoami(Caller())), Code::unauthorized);
}

TEST_F(AccountsTest, OverviewCountsOnlyWhatTheViewerMaySee) {
    const auto alice = add_user("alice");
    RowId id = 1;
    for (const bool is_private : {false, false, true}) {
        Repo repo;
        repo.id = id++;
        repo.owner_id = alice;
        repo.ns = "alice";
        repo.name = "r" + std::to_string(id);
        repo.is_private = is_private;
        add_repo(repo, alice);
    }
    EXPECT_EQ(get(accounts_.overview("Alice", Caller())).models, 2);
    EXPECT_EQ(get(accounts_.overview("alice", *caller(alice))).models, 3);
    EXPECT_EQ(get(accounts_.overview("alice", Caller())).datasets, 0);
}

}  // namespace
}  // namespace siahub::hub
