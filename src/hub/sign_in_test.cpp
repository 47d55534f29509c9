#include "hub/events.hpp"
#include "hub/identities.hpp"
#include "hub/passwords.hpp"
#include "hub/sign_ups.hpp"
#include "hub/test_hub.hpp"
#include "hub/users.hpp"

#include <set>

namespace siahub::hub {
namespace {

constexpr std::string_view kPassword = "correct horse";

class SignInTest : public HubTest {
  protected:
    ~SignInTest() override { pool_.stop(); }

    static SignUp person(std::string name, std::string email = "") {
        SignUp wanted;
        wanted.account = {.name = std::move(name), .fullname = "", .email = std::move(email)};
        wanted.password = kPassword;
        return wanted;
    }
    Account first() {
        const auto link = get(sign_ups_.make_setup_link());
        return get(sign_ups_.set_up(link.token, person("root", "root@example.org")));
    }
    IssuedInvitation invite(RowId by, std::string email = "", std::string org = "") {
        return get(invitations_.create({.email = std::move(email),
                                        .org = std::move(org),
                                        .role = OrgRole::write,
                                        .invited_by = by,
                                        .expires_at = kTestStart + 1000}));
    }
    std::string session(RowId user) {
        return get(sessions_.create({.user_id = user, .address = "192.0.2.1", .user_agent = "x"}))
            .cookie;
    }
    std::optional<Code> session_code(std::string_view cookie) {
        return code_of(authenticator_.authenticate_session(cookie));
    }

    // "what user about detail" of all events, oldest first; "-" for nothing.
    std::vector<std::string> events() {
        std::vector<std::string> lines;
        const auto shown = [](const std::string& text) { return text.empty() ? "-" : text; };
        for (const auto& event : get(read_events(*database_, INT64_MAX, 1000)))
            lines.insert(lines.begin(), event.what + " " + shown(event.user) + " " +
                                            shown(event.about) + " " + shown(event.detail));
        return lines;
    }
    // Events of one millisecond have no order.
    template <class T>
    T after(T value) {
        clock_.advance(1);
        return value;
    }

    WorkPool pool_{2};
    PasswordHasher hasher_{pool_};
    SessionLife life_{.idle = std::chrono::hours(1), .most = std::chrono::hours(48)};
    Authenticator authenticator_{*database_, clock_, nullptr, life_};
    Sessions sessions_{*database_, clock_, authenticator_, life_};
    Passwords passwords_{*database_, clock_, hasher_, sessions_};
    Invitations invitations_{*database_, clock_, accounts_};
    SignUps sign_ups_{*database_, clock_, hasher_, invitations_, false};
    Users users_{*database_, clock_, authenticator_, sessions_};
};

TEST_F(SignInTest, TheFirstAdministratorComesByTheLinkAndOnlyOnce) {
    EXPECT_TRUE(get(sign_ups_.setup_needed()));
    EXPECT_EQ(code_of(sign_ups_.set_up("wrong", person("mallory"))), Code::not_found);
    const auto first_link = get(sign_ups_.make_setup_link());
    const auto second_link = get(sign_ups_.make_setup_link());
    auto weak = person("root");
    weak.password = "short";
    EXPECT_EQ(code_of(sign_ups_.set_up(first_link.token, weak)), Code::invalid_argument);
    const auto made = get(sign_ups_.set_up(first_link.token, person("root")));
    EXPECT_TRUE(get(users_.find("root")).is_admin);
    EXPECT_FALSE(get(sign_ups_.setup_needed()));
    EXPECT_EQ(code_of(sign_ups_.set_up(second_link.token, person("other"))), Code::conflict);
    EXPECT_EQ(get(passwords_.check("Root", std::string(kPassword))).id, made.id);
    EXPECT_TRUE(sql("SELECT 1 FROM account_links").empty());
}

TEST_F(SignInTest, ASetUpLinkEnds) {
    const auto link = get(sign_ups_.make_setup_link());
    clock_.advance(SignUps::kSetupLife);
    EXPECT_EQ(code_of(sign_ups_.set_up(link.token, person("root"))), Code::not_found);
}

TEST_F(SignInTest, OneRefusalForEverythingThatIsWrong) {
    const auto root = first();
    const std::string right(kPassword);
    EXPECT_EQ(get(passwords_.check("ROOT@example.org", right)).id, root.id);
    add_user("nopassword");
    for (const auto& [name, password] :
         std::vector<std::pair<std::string, std::string>>{{"root", "wrong horse"},
                                                          {"nobody", right},
                                                          {"nopassword", right},
                                                          {"", right},
                                                          {"root", ""},
                                                          {"root", std::string(5000, 'x')},
                                                          {std::string("ro\0ot", 5), right},
                                                          {"\xff", right}})
        EXPECT_EQ(code_of(passwords_.check(name, password)), Code::invalid_credentials) << name;
    sql("UPDATE users SET disabled = 1");
    EXPECT_EQ(code_of(passwords_.check("root", right)), Code::invalid_credentials);
}

TEST_F(SignInTest, AnAddressOfTwoAccountsStandsForNeither) {
    first();
    get(accounts_.create_user({.name = "twin", .fullname = "", .email = "root@example.org"}));
    EXPECT_EQ(code_of(passwords_.check("root@example.org", std::string(kPassword))),
              Code::invalid_credentials);
}

TEST_F(SignInTest, PasswordsThatWillNotDo) {
    EXPECT_TRUE(check_new_password("ten letter", "a", "b"));
    EXPECT_TRUE(check_new_password("пароль-пар", "a", "b")) << "characters count, not bytes";
    EXPECT_FALSE(check_new_password("nine char", "a", "b"));
    EXPECT_FALSE(check_new_password("", "a", "b"));
    EXPECT_FALSE(check_new_password("aaaaaaaaaaaaa", "a", "b"));
    EXPECT_FALSE(check_new_password("Alice.Liddell", "alice.liddell", ""));
    EXPECT_FALSE(check_new_password("a@example.org", "alice", "A@example.org"));
    EXPECT_FALSE(check_new_password(std::string(1025, 'x') + "y", "a", "b"));
    EXPECT_FALSE(check_new_password("\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6", "a", "b"));
}

TEST_F(SignInTest, RegistrationIsClosedUnlessOpened) {
    EXPECT_EQ(code_of(sign_ups_.sign_up(person("alice", "a@example.org"))), Code::forbidden);
    SignUps open(*database_, clock_, hasher_, invitations_, true);
    EXPECT_EQ(code_of(open.sign_up(person("alice"))), Code::invalid_argument) << "no address";
    auto wanted = person("alice", "a@example.org");
    wanted.account.is_admin = true;
    get(open.sign_up(wanted));
    EXPECT_FALSE(get(users_.find("alice")).is_admin);
    EXPECT_EQ(code_of(open.sign_up(person("Alice", "b@example.org"))), Code::conflict);
    EXPECT_EQ(code_of(open.sign_up(person("bob", "A@example.org"))), Code::conflict);
    EXPECT_EQ(code_of(open.sign_up(person("api", "c@example.org"))), Code::invalid_argument);
}

TEST_F(SignInTest, AnInvitationMakesOneMember) {
    const auto root = first();
    const auto org = add_org("acme");
    const auto issued = invite(root.id, "a@example.org", "acme");
    EXPECT_EQ(get(invitations_.find(issued.token)).org, "acme");
    EXPECT_EQ(get(invitations_.list()).size(), 1U);
    auto wanted = person("alice", "else@example.org");
    wanted.invitation = issued.token;
    const auto alice = get(sign_ups_.sign_up(wanted));
    EXPECT_EQ(alice.email, "a@example.org") << "the address that was invited";
    const auto caller = get(authenticator_.authenticate_session(session(alice.id)));
    EXPECT_EQ(caller->role_in(org), OrgRole::write);
    wanted.account.name = "bob";
    EXPECT_EQ(code_of(sign_ups_.sign_up(wanted)), Code::not_found);
}

TEST_F(SignInTest, AnInvitationThatFailedIsStillGood) {
    const auto root = first();
    auto wanted = person("root");
    wanted.invitation = invite(root.id).token;
    EXPECT_EQ(code_of(sign_ups_.sign_up(wanted)), Code::conflict);
    wanted.account.name = "alice";
    get(sign_ups_.sign_up(wanted));
}

TEST_F(SignInTest, InvitationsEndAndAreWithdrawn) {
    const auto root = first();
    const auto withdrawn = invite(root.id);
    get(invitations_.withdraw(withdrawn.invitation.id, root.id));
    EXPECT_EQ(code_of(invitations_.find(withdrawn.token)), Code::not_found);
    EXPECT_EQ(code_of(invitations_.withdraw(withdrawn.invitation.id, root.id)), Code::not_found);
    const auto expired = invite(root.id);
    clock_.advance(1000);
    EXPECT_EQ(code_of(invitations_.find(expired.token)), Code::not_found);
    get(invitations_.remove_expired());
    EXPECT_TRUE(sql("SELECT 1 FROM invitations").empty());
    EXPECT_EQ(code_of(invitations_.create({.email = "", .org = "root", .expires_at = 1})),
              Code::not_found)
        << "a user is no organisation";
}

TEST_F(SignInTest, ASessionHasTheRightsOfItsUser) {
    const auto root = first();
    const auto cookie = session(root.id);
    const auto who = get(authenticator_.authenticate_session(cookie));
    EXPECT_EQ(who->user_id, root.id);
    EXPECT_EQ(who->scope, KeyScope::admin);
    EXPECT_TRUE(who->is_admin);
    EXPECT_NE(who->session_id, 0);
    EXPECT_EQ(who->key_id, 0);
    const auto other = get(authenticator_.authenticate_session(session(add_user("alice"))));
    EXPECT_EQ(other->scope, KeyScope::write);
    EXPECT_EQ(code_of(authenticator_.authenticate(cookie)), Code::invalid_credentials)
        << "a cookie is no key";
    EXPECT_EQ(session_code(add_key(root.id)), Code::invalid_credentials) << "nor a key a cookie";
    EXPECT_TRUE(sql("SELECT 1 FROM sessions WHERE hash = $1", {as_bytes(cookie)}).empty());
}

TEST_F(SignInTest, ASessionEndsWhenItIsNotUsedAndAfterItsTime) {
    const auto alice = add_user("alice");
    const auto idle = session(alice);
    clock_.advance(3600'000 - 1);
    EXPECT_EQ(session_code(idle), std::nullopt);
    get(authenticator_.flush_last_used());
    clock_.advance(3600'000 - 1);
    EXPECT_EQ(session_code(idle), std::nullopt) << "it was used meanwhile";
    clock_.advance(3600'000);
    EXPECT_EQ(session_code(idle), Code::invalid_credentials);
    EXPECT_TRUE(get(sessions_.list(alice)).empty());

    const auto busy = session(alice);
    for (int hour = 0; hour < 95; ++hour) {
        clock_.advance(1800'000);
        EXPECT_EQ(session_code(busy), std::nullopt) << hour;
        get(authenticator_.flush_last_used());
    }
    clock_.advance(1800'000);
    EXPECT_EQ(session_code(busy), Code::invalid_credentials);
    get(sessions_.remove_expired());
    EXPECT_TRUE(sql("SELECT 1 FROM sessions").empty());
}

TEST_F(SignInTest, RotationLeavesTheOldCookieGoodForAMoment) {
    const auto old = session(add_user("alice"));
    const auto id = get(authenticator_.authenticate_session(old))->session_id;
    EXPECT_FALSE(get(sessions_.rotate(id))) << "it is new";
    const auto issued = get(sessions_.rotate(id, true));
    ASSERT_TRUE(issued);
    EXPECT_NE(issued->cookie, old);
    EXPECT_EQ(get(authenticator_.authenticate_session(issued->cookie))->session_id, id);
    clock_.advance(Sessions::kRotationGrace - 1);
    EXPECT_EQ(session_code(old), std::nullopt);
    clock_.advance(Authenticator::kMaxStaleness);
    EXPECT_EQ(session_code(old), Code::invalid_credentials);
    EXPECT_EQ(session_code(issued->cookie), std::nullopt);
}

TEST_F(SignInTest, EndingSessions) {
    const auto alice = add_user("alice");
    const auto kept = session(alice);
    const auto gone = session(alice);
    const auto foreign = session(add_user("bob"));
    for (const auto& cookie : {kept, gone, foreign})
        EXPECT_EQ(session_code(cookie), std::nullopt);
    const auto kept_id = get(authenticator_.authenticate_session(kept))->session_id;
    const auto foreign_id = get(authenticator_.authenticate_session(foreign))->session_id;
    EXPECT_EQ(get(sessions_.list(alice)).size(), 2U);
    EXPECT_EQ(code_of(sessions_.sign_out(alice, foreign_id)), Code::not_found);
    get(sessions_.end_others(alice, kept_id));
    EXPECT_EQ(session_code(gone), Code::invalid_credentials) << "in this process at once";
    EXPECT_EQ(session_code(kept), std::nullopt);
    EXPECT_EQ(session_code(foreign), std::nullopt);
    get(sessions_.sign_out(alice, kept_id));
    EXPECT_EQ(session_code(kept), Code::invalid_credentials);
}

TEST_F(SignInTest, AnotherProcessNoticesInTime) {
    Authenticator other(*database_, clock_);
    const auto cookie = session(add_user("alice"));
    const auto id = get(other.authenticate_session(cookie))->session_id;
    get(sessions_.sign_out(get(authenticator_.authenticate_session(cookie))->user_id, id));
    clock_.advance(Authenticator::kMaxStaleness);
    EXPECT_EQ(code_of(other.authenticate_session(cookie)), Code::invalid_credentials);
    EXPECT_LT(Authenticator::kMaxStaleness, 5000);
}

TEST_F(SignInTest, ChangingThePasswordEndsOtherSessions) {
    const auto root = first();
    const auto here = session(root.id);
    const auto elsewhere = session(root.id);
    const auto id = get(authenticator_.authenticate_session(here))->session_id;
    const auto link = get(passwords_.make_reset_link(root.id, "root", root.id));
    EXPECT_EQ(code_of(passwords_.change(root, "wrong", "another horse", id)),
              Code::invalid_credentials);
    EXPECT_EQ(code_of(passwords_.change(root, std::string(kPassword), "short", id)),
              Code::invalid_argument);
    get(passwords_.change(root, std::string(kPassword), "another horse", id));
    EXPECT_EQ(session_code(here), std::nullopt);
    EXPECT_EQ(session_code(elsewhere), Code::invalid_credentials);
    EXPECT_EQ(code_of(passwords_.check("root", std::string(kPassword))), Code::invalid_credentials);
    EXPECT_EQ(get(passwords_.check("root", "another horse")).id, root.id);
    EXPECT_EQ(code_of(passwords_.reset(link.token, "a third horse")), Code::not_found)
        << "links made before end with it";
}

TEST_F(SignInTest, AResetLinkWorksOnce) {
    const auto alice = add_user("alice");
    const auto cookie = session(alice);
    EXPECT_FALSE(get(passwords_.exists(alice)));
    const auto link = get(passwords_.make_reset_link(alice, "alice", 0));
    EXPECT_EQ(code_of(passwords_.reset(link.token, "short")), Code::invalid_argument);
    EXPECT_EQ(get(passwords_.reset(link.token, std::string(kPassword))), alice);
    EXPECT_TRUE(get(passwords_.exists(alice)));
    EXPECT_EQ(session_code(cookie), Code::invalid_credentials);
    EXPECT_EQ(code_of(passwords_.reset(link.token, "another horse")), Code::not_found);
    const auto late = get(passwords_.make_reset_link(alice, "alice", 0));
    clock_.advance(Passwords::kResetLife);
    EXPECT_EQ(code_of(passwords_.reset(late.token, "another horse")), Code::not_found);
    get(passwords_.remove_expired_links());
    EXPECT_TRUE(sql("SELECT 1 FROM account_links").empty());
}

TEST_F(SignInTest, WhoIsSwitchedOffHasNothing) {
    first();
    const auto alice = add_user("alice");
    const auto cookie = session(alice);
    const auto key = add_key(alice);
    Authenticator other(*database_, clock_);
    get(other.authenticate(key));
    get(authenticator_.authenticate(key));
    EXPECT_EQ(session_code(cookie), std::nullopt);
    EXPECT_TRUE(get(users_.change("alice", {.is_admin = {}, .disabled = true}, 0)).disabled);
    EXPECT_EQ(session_code(cookie), Code::invalid_credentials);
    EXPECT_EQ(code_of(authenticator_.authenticate(key)), Code::invalid_credentials);
    clock_.advance(Authenticator::kMaxStaleness);
    EXPECT_EQ(code_of(other.authenticate(key)), Code::invalid_credentials);
    get(users_.change("alice", {.is_admin = {}, .disabled = false}, 0));
    EXPECT_EQ(code_of(authenticator_.authenticate(key)), std::nullopt);
    EXPECT_EQ(session_code(cookie), Code::invalid_credentials) << "sessions do not come back";
}

TEST_F(SignInTest, AnAdminKeyNeedsAnAdministrator) {
    const auto root = first();
    const auto alice = add_user("alice");
    EXPECT_EQ(caller(alice, KeyScope::admin)->scope, KeyScope::write);
    const auto key = add_key(alice, KeyScope::admin);
    get(users_.change("alice", {.is_admin = true, .disabled = {}}, 0));
    EXPECT_EQ(get(authenticator_.authenticate(key))->scope, KeyScope::admin);
    get(users_.change("alice", {.is_admin = false, .disabled = {}}, 0));
    EXPECT_EQ(get(authenticator_.authenticate(key))->scope, KeyScope::write);
    for (const auto& change : {UserChange{.is_admin = false, .disabled = {}},
                               UserChange{.is_admin = {}, .disabled = true}})
        EXPECT_EQ(code_of(users_.change("root", change, 0)), Code::conflict)
            << "the last one stays";
    EXPECT_EQ(caller(root.id, KeyScope::read)->scope, KeyScope::read);
}

TEST_F(SignInTest, UsersInPages) {
    for (const auto* name : {"carol", "alice", "Bob", "b_b"})
        add_user(name);
    add_org("borg");
    const auto names = [this](std::string search, std::string cursor = "") {
        std::string all;
        const auto page = get(
            users_.list({.search = std::move(search), .cursor = std::move(cursor), .limit = 2}));
        for (const auto& user : page.users)
            all += user.name + " ";
        return all + page.cursor;
    };
    EXPECT_EQ(names(""), "alice b_b b_b");
    EXPECT_EQ(names("", "b_b"), "Bob carol ");
    EXPECT_EQ(names("B"), "b_b Bob ");
    EXPECT_EQ(names("_"), "b_b ") << "a search is no pattern";
    EXPECT_EQ(names("%"), "");
}

TEST_F(SignInTest, AnOrganisationKeepsAnAdministrator) {
    const auto alice = add_user("alice");
    add_user("bob");
    const auto org = add_org("acme", {{.user = "alice", .role = OrgRole::admin}});
    const auto cookie = session(alice);
    EXPECT_EQ(get(authenticator_.authenticate_session(cookie))->role_in(org), OrgRole::admin);
    EXPECT_EQ(code_of(accounts_.remove_member(org, "alice", 0)), Code::conflict);
    EXPECT_EQ(code_of(accounts_.change_member(org, {.user = "alice", .role = OrgRole::read}, 0)),
              Code::conflict);
    EXPECT_EQ(code_of(accounts_.remove_member(org, "bob", 0)), Code::not_found);
    get(accounts_.change_member(org, {.user = "BOB", .role = OrgRole::admin}, 0));
    get(accounts_.remove_member(org, "alice", 0));
    get(authenticator_.forget_user(alice));
    EXPECT_EQ(get(authenticator_.authenticate_session(cookie))->role_in(org), std::nullopt);
}

TEST_F(SignInTest, WhatHappensToAccountsIsNoted) {
    clock_.advance(1);
    const auto root = after(first());
    const auto org = after(
        get(accounts_.create_org({.name = "labs", .fullname = "", .email = "", .made_by = root.id},
                                 {{.user = "root", .role = OrgRole::admin}})));
    auto wanted = person("alice", "a@example.org");
    wanted.invitation = after(invite(root.id, "a@example.org", "labs")).token;
    after(invite(root.id));
    SignUps open(*database_, clock_, hasher_, invitations_, true);
    auto bob_wanted = person("bob", "b@example.org");
    const auto bob = after(get(open.sign_up(bob_wanted)));
    const auto withdrawn = after(invite(root.id)).invitation.id;
    get(invitations_.withdraw(withdrawn, root.id));
    clock_.advance(1);
    get(accounts_.change_member(org.id, {.user = "bob", .role = OrgRole::read}, root.id));
    clock_.advance(1);
    get(accounts_.remove_member(org.id, "bob", bob.id));
    clock_.advance(1);
    after(get(users_.change("bob", {.is_admin = true, .disabled = {}}, root.id)));
    after(get(users_.change("bob", {.is_admin = true, .disabled = {}}, root.id)));
    after(get(users_.change("bob", {.is_admin = {}, .disabled = true}, root.id)));
    after(get(users_.change("bob", {.is_admin = false, .disabled = false}, 0)));
    EXPECT_EQ(events(),
              (std::vector<std::string>{
                  "user_created root root setup", "org_created root labs -",
                  "invitation_made root a@example.org labs write", "invitation_made root - -",
                  "user_created bob bob registration", "invitation_made root - -",
                  "invitation_withdrawn root - -", "member_changed root bob labs read",
                  "member_removed bob bob labs", "user_role_changed root bob administrator",
                  "user_disabled root bob -", events().at(11), events().at(12)}));
    const std::set<std::string> last{events().at(11), events().at(12)};
    EXPECT_EQ(last,
              (std::set<std::string>{"user_role_changed - bob user", "user_enabled - bob -"}));
    const auto before = events().size();
    get(sign_ups_.sign_up(wanted));
    const auto now = events();
    const std::set<std::string> made(now.begin() + static_cast<std::ptrdiff_t>(before), now.end());
    EXPECT_EQ(made, (std::set<std::string>{"user_created alice alice invitation",
                                           "invitation_used alice a@example.org labs write"}));
}

TEST_F(SignInTest, SigningInIsNotedAndSecretsAreNot) {
    const auto alice = add_user("alice");
    clock_.advance(1);
    const auto link = after(get(passwords_.make_reset_link(alice, "alice", alice)));
    get(passwords_.reset(link.token, std::string(kPassword)));
    clock_.advance(1);
    const auto kept = session(alice);
    const auto kept_id = get(authenticator_.authenticate_session(kept))->session_id;
    clock_.advance(1);
    const auto other = after(get(sessions_.create(
        {.user_id = alice, .address = "192.0.2.2", .user_agent = "Lynx", .provider = "company"})));
    get(sessions_.revoke(alice, other.id));
    EXPECT_EQ(code_of(sessions_.revoke(alice, other.id)), Code::not_found);
    clock_.advance(1);
    session(alice);
    clock_.advance(1);
    session(alice);
    clock_.advance(1);
    get(sessions_.revoke_others(alice, kept_id));
    get(sessions_.revoke_others(alice, kept_id));
    clock_.advance(1);
    const auto account = get(accounts_.find("alice"));
    get(passwords_.change(account, std::string(kPassword), "another horse", kept_id));
    clock_.advance(1);
    NewKey wanted;
    wanted.user_id = alice;
    wanted.label = "laptop";
    const auto key = after(get(keys_.create(wanted)));
    get(keys_.revoke(alice, key.key.id));
    clock_.advance(1);
    Identities identities(*database_, clock_);
    get(identities.link(alice, {.provider = "company", .subject = "s", .email = ""}));
    clock_.advance(1);
    get(identities.unlink(alice, "company"));
    clock_.advance(1);
    get(sessions_.sign_out(alice, kept_id));
    EXPECT_EQ(events(), (std::vector<std::string>{
                            "user_created - alice -", "reset_link_made alice alice -",
                            "password_reset alice - -", "sign_in alice - 192.0.2.1",
                            "sign_in alice company 192.0.2.2", "session_revoked alice - Lynx",
                            "sign_in alice - 192.0.2.1", "sign_in alice - 192.0.2.1",
                            "sessions_revoked alice - 2", "password_changed alice - -",
                            "key_created alice laptop write", "key_revoked alice laptop write",
                            "identity_linked alice company -", "identity_unlinked alice company -",
                            "sign_out alice - -"}));
    for (const auto& line : events())
        for (const std::string_view secret :
             {std::string_view(link.token), std::string_view(key.text), std::string_view(kept),
              kPassword, std::string_view("another horse")})
            EXPECT_FALSE(line.contains(secret)) << line;
}

TEST_F(SignInTest, ANewSessionReplacesTheOneThatTheBrowserHad) {
    const auto alice = add_user("alice");
    const auto bob = add_user("bob");
    const auto old = session(alice);
    const auto elsewhere = session(alice);
    const auto old_id = get(authenticator_.authenticate_session(old))->session_id;
    const auto issued = get(sessions_.create(
        {.user_id = bob, .address = "192.0.2.1", .user_agent = "x", .replaced = old_id}));
    EXPECT_EQ(session_code(old), Code::invalid_credentials);
    EXPECT_EQ(get(authenticator_.authenticate_session(issued.cookie))->user_id, bob);
    EXPECT_EQ(session_code(elsewhere), std::nullopt);
}

TEST_F(SignInTest, OrganisationsAreListedWithWhatTheyHave) {
    add_user("alice");
    add_user("bob");
    const auto a = add_org("Alpha", {{"alice", OrgRole::admin}, {"bob", OrgRole::read}});
    add_org("beta");
    add_org("gamma");
    Repo repo;
    repo.id = 5;
    repo.owner_id = a;
    repo.ns = "Alpha";
    repo.name = "m";
    repo.is_private = true;
    add_repo(repo, 1);
    const auto page = get(users_.list_orgs({.search = "", .cursor = "", .limit = 2}));
    ASSERT_EQ(page.orgs.size(), 2U);
    EXPECT_EQ(page.orgs[0].name, "Alpha");
    EXPECT_EQ(page.orgs[0].members, 2);
    EXPECT_EQ(page.orgs[0].repositories, 1);
    EXPECT_EQ(page.orgs[1].members, 0);
    const auto rest = get(users_.list_orgs({.search = "", .cursor = page.cursor, .limit = 2}));
    ASSERT_EQ(rest.orgs.size(), 1U);
    EXPECT_EQ(rest.orgs[0].name, "gamma");
    EXPECT_EQ(rest.cursor, "");
    EXPECT_EQ(get(users_.list_orgs({.search = "%", .cursor = "", .limit = 2})).orgs.size(), 0U);
    EXPECT_EQ(get(users_.list_orgs({.search = "LPH", .cursor = "", .limit = 2})).orgs.size(), 1U);
}

}  // namespace
}  // namespace siahub::hub
