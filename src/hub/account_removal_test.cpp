#include "hub/account_removal.hpp"

#include "hub/events.hpp"
#include "hub/invitations.hpp"
#include "hub/repo_lock.hpp"
#include "hub/sessions.hpp"
#include "hub/test_hub.hpp"
#include "hub/users.hpp"

namespace siahub::hub {
namespace {

class AccountRemovalTest : public HubTest {
  protected:
    AccountRemovalTest() {
        root_ = add_user("root");
        get(accounts_.make_admin(root_));
        bob_ = add_user("bob");
    }
    std::vector<Obstacle> remove(const std::string& name, std::string heir = "", RowId by = 0) {
        Removal removal{.account = get(accounts_.find(name)), .by = by};
        if (!heir.empty()) {
            const auto to = get(accounts_.find(heir));
            removal.heir = Namespace{to.id, to.name};
        }
        std::vector<Obstacle> found;
        for (const auto& hindrance : get(removal_.remove(removal)))
            found.push_back(hindrance.what);
        return found;
    }
    AccountLoss preview(const std::string& name, RowId by = 0) {
        return get(removal_.preview(get(accounts_.find(name)), by));
    }
    void own(RowId owner, std::string ns, std::string name, RowId id) {
        Repo repo;
        repo.id = id;
        repo.owner_id = owner;
        repo.ns = std::move(ns);
        repo.name = std::move(name);
        add_repo(repo, owner);
    }
    std::string session(RowId user) {
        return get(sessions_.create({.user_id = user, .address = "::1", .user_agent = "x"})).cookie;
    }
    static Task<Result<void>> own_more(db::Database& database, RowId owner) {
        auto tx = CO_TRY(co_await database.begin());
        co_return co_await lock_owner(*tx, owner);
    }

    using None = std::vector<Obstacle>;
    RowId root_ = 0, bob_ = 0;
    Sessions sessions_{*database_, clock_, authenticator_};
    Invitations invitations_{*database_, clock_, accounts_};
    Users users_{*database_, clock_, authenticator_, sessions_};
    AccountRemoval removal_{*database_, clock_, &authenticator_};
};

TEST_F(AccountRemovalTest, KeysSessionsAndMembershipsOfTheUserEndAtOnce) {
    const auto org = add_org("labs", {{"root", OrgRole::admin}, {"bob", OrgRole::write}});
    const auto key = add_key(bob_);
    const auto cookie = session(bob_);
    get(authenticator_.authenticate(key));
    get(authenticator_.authenticate_session(cookie));
    EXPECT_EQ(remove("BOB"), None());
    EXPECT_EQ(code_of(authenticator_.authenticate(key)), Code::invalid_credentials);
    EXPECT_EQ(code_of(authenticator_.authenticate_session(cookie)), Code::invalid_credentials);
    EXPECT_EQ(code_of(accounts_.find("bob")), Code::not_found);
    EXPECT_EQ(code_of(users_.find("bob")), Code::not_found);
    EXPECT_EQ(get(accounts_.members(org)).size(), 1U);
    for (const auto* const table : {"api_keys", "sessions", "passwords", "identities"})
        EXPECT_TRUE(
            sql(std::string("SELECT 1 FROM ") + table + " WHERE user_id = $1", {bob_}).empty())
            << table;
}

TEST_F(AccountRemovalTest, WhatWouldGoIsToldBefore) {
    add_org("labs", {{"root", OrgRole::admin}, {"bob", OrgRole::write}});
    add_key(bob_);
    session(bob_);
    session(bob_);
    get(invitations_.create({.email = "",
                             .org = "labs",
                             .role = OrgRole::read,
                             .invited_by = bob_,
                             .expires_at = kTestStart + 1000}));
    const auto of_bob = preview("bob");
    EXPECT_EQ(of_bob.keys, 1);
    EXPECT_EQ(of_bob.sessions, 2);
    EXPECT_EQ(of_bob.ways_in, 0);
    EXPECT_EQ(of_bob.invitations, 1);
    ASSERT_EQ(of_bob.orgs.size(), 1U);
    EXPECT_EQ(of_bob.orgs[0].account.name, "labs");
    EXPECT_TRUE(of_bob.hindrances.empty());
    const auto of_labs = preview("labs");
    EXPECT_EQ(of_labs.members, 2);
    EXPECT_EQ(of_labs.invitations, 1);
    EXPECT_EQ(remove("bob"), None());
    EXPECT_TRUE(get(invitations_.list()).empty()) << "he could come back by his own invitation";
}

TEST_F(AccountRemovalTest, NothingIsLostByIt) {
    own(bob_, "bob", "tiny", 1);
    EXPECT_EQ(remove("bob"), None{Obstacle::owns_repositories});
    EXPECT_EQ(preview("bob").repositories, 1);
    EXPECT_EQ(remove("root", "", root_), (None{Obstacle::oneself, Obstacle::last_administrator}));
    add_org("labs", {{"bob", OrgRole::admin}});
    EXPECT_EQ(remove("bob"), (None{Obstacle::only_org_administrator, Obstacle::owns_repositories}));
    EXPECT_EQ(get(accounts_.find("bob")).id, bob_);
    get(accounts_.set_member("labs", {"root", OrgRole::admin}));
    sql("DELETE FROM repos WHERE id = 1");
    EXPECT_EQ(remove("bob"), None());
}

TEST_F(AccountRemovalTest, AnAdministratorWhoIsSwitchedOffIsNoneLeft) {
    get(accounts_.make_admin(bob_));
    get(users_.change("bob", {.is_admin = {}, .disabled = true}, root_));
    EXPECT_EQ(remove("root"), None{Obstacle::last_administrator});
    EXPECT_EQ(remove("bob"), None());
}

TEST_F(AccountRemovalTest, RepositoriesGoToWhoIsNamedAndTheirLinksWithThem) {
    own(bob_, "bob", "tiny", 1);
    own(bob_, "bob", "big", 2);
    own(root_, "root", "BIG", 3);
    const auto org = add_org("labs", {{"root", OrgRole::admin}});
    const auto to_root =
        Removal{.account = get(accounts_.find("bob")), .heir = Namespace{root_, "root"}};
    EXPECT_EQ(code_of(removal_.remove(to_root)), Code::conflict);
    EXPECT_EQ(preview("bob").repositories, 2) << "all of them or none";
    EXPECT_EQ(code_of(removal_.remove(
                  {.account = get(accounts_.find("bob")), .heir = Namespace{bob_, "bob"}})),
              Code::invalid_argument);
    EXPECT_EQ(remove("bob", "labs", root_), None());
    Access access(*database_);
    const auto opened = get(access.open_repo(RepoKind::model, "bob/tiny", Caller(), Need::read));
    EXPECT_TRUE(opened.renamed);
    EXPECT_EQ(opened.repo.full_name(), "labs/tiny");
    EXPECT_EQ(opened.repo.owner_id, org);
}

TEST_F(AccountRemovalTest, TheNameStaysTakenUnlessTheOperatorSaysOtherwise) {
    EXPECT_EQ(remove("bob"), None());
    NewAccount again{.name = "Bob", .fullname = "", .email = ""};
    EXPECT_EQ(code_of(accounts_.create_user(again)), Code::conflict);
    EXPECT_EQ(code_of(accounts_.create_org(again, {})), Code::conflict);
    again.reuse_name = true;
    EXPECT_NE(get(accounts_.create_user(again)).id, bob_);
    EXPECT_EQ(code_of(accounts_.create_user(again)), Code::conflict) << "it is somebody's now";
    EXPECT_EQ(remove("bob"), None());
    EXPECT_NE(get(accounts_.create_user(again)).id, bob_) << "and once more";
}

TEST_F(AccountRemovalTest, TheLogGoesOnSayingWhoDidWhat) {
    clock_.advance(1);
    get(write_event(*database_, clock_.now(), {.what = event::kSignOut, .user = bob_}));
    clock_.advance(1);
    EXPECT_EQ(remove("bob", "", root_), None());
    const auto events = get(read_events(*database_, INT64_MAX, 2));
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].what, "user_deleted");
    EXPECT_EQ(events[0].user, "root");
    EXPECT_EQ(events[0].about, "bob");
    EXPECT_EQ(events[1].user, "bob");
}

TEST_F(AccountRemovalTest, AnOrganisationGoesWithItsMembershipsAndInvitations) {
    const auto org = add_org("labs", {{"bob", OrgRole::admin}});
    own(org, "labs", "tiny", 1);
    EXPECT_EQ(remove("labs"), None{Obstacle::owns_repositories});
    const auto key = add_key(bob_);
    EXPECT_EQ(get(authenticator_.authenticate(key))->memberships.size(), 1U);
    const auto invitation = get(invitations_.create({.email = "",
                                                     .org = "labs",
                                                     .role = OrgRole::admin,
                                                     .invited_by = root_,
                                                     .expires_at = kTestStart + 1000}));
    EXPECT_EQ(remove("labs", "bob", bob_), None());
    EXPECT_TRUE(get(authenticator_.authenticate(key))->memberships.empty());
    EXPECT_EQ(code_of(invitations_.find(invitation.token)), Code::not_found);
    EXPECT_EQ(code_of(accounts_.change_member(org, {"root", OrgRole::admin}, root_)),
              Code::not_found);
    EXPECT_EQ(code_of(accounts_.set_member("labs", {"root", OrgRole::admin})), Code::not_found);
    EXPECT_TRUE(get(accounts_.orgs_of(bob_)).empty());
    const auto events = get(read_events(*database_, INT64_MAX, 20));
    const auto deleted = std::ranges::find(events, "org_deleted", &Event::what);
    ASSERT_NE(deleted, events.end());
    EXPECT_EQ(deleted->about + " " + deleted->detail, "labs bob");
}

TEST_F(AccountRemovalTest, WhoIsDeletedGetsNothingMore) {
    const auto org = add_org("labs", {{"root", OrgRole::admin}});
    EXPECT_EQ(code_of(own_more(*database_, bob_)), std::nullopt);
    const auto bob = get(accounts_.find("bob"));
    EXPECT_EQ(remove("bob"), None());
    EXPECT_EQ(remove("labs"), None());
    EXPECT_EQ(code_of(own_more(*database_, bob_)), Code::forbidden);
    EXPECT_EQ(code_of(own_more(*database_, org)), Code::forbidden);
    EXPECT_EQ(code_of(removal_.remove({.account = bob})), Code::not_found);
}

}  // namespace
}  // namespace siahub::hub
