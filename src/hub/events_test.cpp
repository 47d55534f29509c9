#include "hub/events.hpp"

#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

class EventsTest : public HubTest {
  protected:
    std::vector<std::string> kinds() {
        std::vector<std::string> found;
        for (const auto& event : get(read_events(*database_, INT64_MAX, 1000)))
            found.push_back(event.what);
        return found;
    }
    void write(std::string_view what) {
        get(write_event(*database_, clock_.now(), {.what = what}));
        clock_.advance(1);
    }
};

TEST_F(EventsTest, AnEventSaysWhoDidWhatToWhom) {
    const auto alice = add_user("alice");
    clock_.advance(1);
    get(write_event(*database_, clock_.now(),
                    {.what = event::kMemberChanged,
                     .user = alice,
                     .about = "bob",
                     .detail = place_in("labs", OrgRole::write)}));
    const auto events = get(read_events(*database_, INT64_MAX, 1));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].what, "member_changed");
    EXPECT_EQ(events[0].user, "alice");
    EXPECT_EQ(events[0].about, "bob");
    EXPECT_EQ(events[0].detail, "labs write");
    EXPECT_EQ(events[0].repo, "");
    EXPECT_EQ(events[0].at, clock_.now());
}

TEST_F(EventsTest, WhatChangedNothingIsNoEvent) {
    const auto alice = add_user("alice");
    const auto before = kinds();
    const Change none{"UPDATE users SET is_admin = 1 WHERE id = $1 RETURNING name", {alice + 1}};
    EXPECT_TRUE(get(change_and_write(*database_, clock_.now(), none, {.what = "x"})).empty());
    EXPECT_EQ(kinds(), before);
    get(accounts_.make_admin(alice));
    get(accounts_.make_admin(alice));
    EXPECT_EQ(kinds().size(), before.size() + 1);
}

TEST_F(EventsTest, FailedSignInsAreKeptForAMonthAndTheRestForAYear) {
    write(event::kSignInFailed);
    write(event::kSignIn);
    clock_.advance(kFailureLife - 10);
    write(event::kSignInFailed);
    get(remove_old_events(*database_, clock_.now()));
    EXPECT_EQ(kinds().size(), 3U);
    clock_.advance(20);
    get(remove_old_events(*database_, clock_.now()));
    EXPECT_EQ(kinds(), (std::vector<std::string>{"sign_in_failed", "sign_in"}));
    clock_.advance(kEventLife - kFailureLife);
    write(event::kSignOut);
    get(remove_old_events(*database_, clock_.now()));
    EXPECT_EQ(kinds(), (std::vector<std::string>{"sign_out"}));
}

TEST(Events, NamesOfStrangersAreClipped) {
    EXPECT_EQ(shown_name("alice"), "alice");
    EXPECT_EQ(shown_name("a\nb\x7F" + std::string(1, '\0')), std::string("a?b?") + "?");
    EXPECT_EQ(shown_name("\xff\xfe \x80"), "?? ?");
    EXPECT_EQ(shown_name(std::string(1000, 'x')), std::string(64, 'x'));
    EXPECT_EQ(shown_name(std::string(63, 'x') + "\u00e9"), std::string(63, 'x'));
    EXPECT_EQ(shown_name(std::string(62, 'x') + "\u00e9"), std::string(62, 'x') + "\u00e9");
    EXPECT_EQ(shown_name(std::string(200, '\x80')), "");
}

}  // namespace
}  // namespace siahub::hub
