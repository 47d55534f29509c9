#include "hub/identities.hpp"

#include "hub/device_codes.hpp"
#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

class IdentitiesTest : public HubTest {
  protected:
    static OutsideIdentity outside(std::string subject, std::string provider = "company") {
        return {.provider = std::move(provider), .subject = std::move(subject), .email = ""};
    }
    std::string name_of(std::string subject) {
        const auto found = get(identities_.find("company", std::move(subject)));
        return found ? found->account.name : "";
    }

    Identities identities_{*database_, clock_};
    OauthStates states_{*database_, clock_};
    DeviceCodes devices_{*database_, clock_, keys_};
};

TEST_F(IdentitiesTest, AnIdentityStandsForOneUser) {
    const auto alice = add_user("alice");
    const auto bob = add_user("bob");
    EXPECT_EQ(name_of("1"), "");
    get(identities_.link(alice, outside("1")));
    get(identities_.link(alice, outside("1")));
    EXPECT_EQ(name_of("1"), "alice");
    EXPECT_EQ(code_of(identities_.link(bob, outside("1"))), Code::conflict);
    EXPECT_EQ(code_of(identities_.link(alice, outside("2"))), Code::conflict)
        << "one of each provider";
    get(identities_.link(bob, outside("1", "other")));
    EXPECT_EQ(get(identities_.list(bob)).size(), 1U);
}

TEST_F(IdentitiesTest, TheOnlyWayInStays) {
    const auto alice = add_user("alice");
    get(identities_.link(alice, outside("1")));
    EXPECT_EQ(code_of(identities_.unlink(alice, "other")), Code::not_found);
    EXPECT_EQ(code_of(identities_.unlink(alice, "company")), Code::conflict);
    EXPECT_EQ(name_of("1"), "alice");
    get(identities_.link(alice, outside("1", "other")));
    get(identities_.unlink(alice, "company"));
    EXPECT_EQ(name_of("1"), "");
}

TEST_F(IdentitiesTest, NamesAreMadeAndMadeFree) {
    add_user("mia");
    EXPECT_EQ(get(identities_.free_name("noah")), "noah");
    EXPECT_EQ(get(identities_.free_name("Mia")), "Mia-2");
    EXPECT_EQ(get(identities_.free_name("j.r. smith@example.org")), "j-r-smith");
    EXPECT_EQ(get(identities_.free_name("")), "user");
    EXPECT_EQ(get(identities_.free_name("--/..")), "user");
    EXPECT_EQ(get(identities_.free_name("admin")), "admin-2") << "a reserved word";
    EXPECT_LE(get(identities_.free_name(std::string(500, 'x'))).size(), 40U);
}

TEST_F(IdentitiesTest, AStateComesBackOnceFromItsBrowser) {
    const auto browser = sha256(as_bytes("browser"));
    const auto create = [&] {
        return get(states_.create({.provider = "company",
                                   .browser = browser,
                                   .verifier = "v",
                                   .nonce = "n",
                                   .next = "/x",
                                   .invitation = "",
                                   .link_user = 7}));
    };
    const auto text = create();
    EXPECT_EQ(code_of(states_.take(text, "company", sha256(as_bytes("another")))), Code::not_found);
    EXPECT_EQ(code_of(states_.take(text, "other", browser)), Code::not_found);
    const auto state = get(states_.take(text, "company", browser));
    EXPECT_EQ(state.verifier + state.nonce + state.next, "vn/x");
    EXPECT_EQ(state.link_user, 7);
    EXPECT_EQ(code_of(states_.take(text, "company", browser)), Code::not_found);
    const auto late = create();
    clock_.advance(OauthStates::kLife);
    EXPECT_EQ(code_of(states_.take(late, "company", browser)), Code::not_found);
    get(states_.remove_expired());
    EXPECT_TRUE(sql("SELECT 1 FROM oauth_state").empty());
}

TEST_F(IdentitiesTest, AProgramGetsWhatWasAgreed) {
    const auto alice = add_user("alice");
    const auto code = get(devices_.start("192.0.2.1", "a\x01program"));
    EXPECT_EQ(get(devices_.find(code.user_code)).user_agent, "a?program");
    EXPECT_EQ(get(devices_.poll(code.secret)).state, DeviceState::asked);
    EXPECT_EQ(get(devices_.poll(code.secret)).state, DeviceState::too_soon);
    clock_.advance(DeviceCodes::kInterval * 1000);
    EXPECT_EQ(get(devices_.poll(code.secret)).state, DeviceState::asked);
    NewKey key;
    key.user_id = alice;
    key.scope = KeyScope::read;
    key.label = "laptop";
    get(devices_.answer(code.user_code, {.agreed = true, .key = key}));
    EXPECT_EQ(code_of(devices_.answer(code.user_code, {.agreed = false, .key = key})),
              Code::not_found)
        << "answered already";
    const auto poll = get(devices_.poll(code.secret));
    ASSERT_EQ(poll.state, DeviceState::agreed);
    EXPECT_EQ(get(authenticator_.authenticate(poll.key->text))->user_id, alice);
    EXPECT_EQ(get(devices_.poll(code.secret)).state, DeviceState::gone);
}

TEST_F(IdentitiesTest, CodesEnd) {
    const auto refused = get(devices_.start("", ""));
    get(devices_.answer(refused.user_code, {.agreed = false, .key = {}}));
    EXPECT_EQ(get(devices_.poll(refused.secret)).state, DeviceState::refused);
    const auto late = get(devices_.start("", ""));
    clock_.advance(DeviceCodes::kLife);
    EXPECT_EQ(get(devices_.poll(late.secret)).state, DeviceState::gone);
    EXPECT_EQ(code_of(devices_.find(late.user_code)), Code::not_found);
    EXPECT_EQ(code_of(devices_.answer(late.user_code, {.agreed = true, .key = {}})),
              Code::not_found);
    get(devices_.remove_expired());
    EXPECT_TRUE(sql("SELECT 1 FROM device_codes").empty());
}

}  // namespace
}  // namespace siahub::hub
