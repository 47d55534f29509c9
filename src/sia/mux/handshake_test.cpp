#include "sia/mux/handshake.hpp"

#include "sia/mux/mux_test_support.hpp"

namespace siahub::sia::mux {
namespace {

using testing::filled;

const Ed25519PrivateKey kHostKey(filled<32>(3));

struct Pair {
    DialerHandshake dialer{public_key_of(kHostKey), filled<32>(1), {}};
    AcceptorHandshake acceptor{kHostKey, filled<32>(2), {}};
};

// Runs both sides against each other; what either sent is in `sent` by side.
Result<void> run(Handshake& dialer, Handshake& acceptor, std::array<Bytes, 2>& sent) {
    std::array<Handshake*, 2> sides{&dialer, &acceptor};
    std::array<std::size_t, 2> read{};
    append(sent[0], dialer.opening());
    for (bool moved = true; std::exchange(moved, false);) {
        for (const std::size_t side : {1u, 0u}) {
            const auto wants = sides[side]->wants();
            auto& in = sent[1 - side];
            if (wants == 0 || in.size() - read[side] < wants) continue;
            append(sent[side], TRY(sides[side]->feed(ByteView(in).subspan(read[side], wants))));
            read[side] += wants;
            moved = true;
        }
    }
    return {};
}

TEST(MuxHandshake, ProducesTheKnownBytes) {
    Pair pair;
    std::array<Bytes, 2> sent;
    ASSERT_TRUE(run(pair.dialer, pair.acceptor, sent));
    EXPECT_EQ(to_hex(sent[0]),
              "03"
              "a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209"
              "f7ebc7f275b662fc7d59951bd5205703cf38ad13239efc27");
    EXPECT_EQ(to_hex(sent[1]),
              "03"
              "ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59"
              "dc14a99c32a8631f0ea8834091f0478d5d632bdaa32eb73cc67f106585b32a32"
              "a8a0992508fbd74c08eb20f5fb8622c8e700c31cf2da5cfb07ecb4392033b90d"
              "860bc7ecde1dd64fbe31793ffe5108ede85fedb42ed4b101");
    EXPECT_EQ(pair.dialer.wants(), 0u);
    EXPECT_EQ(pair.acceptor.wants(), 0u);
    EXPECT_EQ(to_hex(pair.dialer.session().key),
              "aed23a79205772234ac29a04bdaf79b4384eec870dc9b4453e09f08e3338851a");
    EXPECT_EQ(pair.dialer.session().key, pair.acceptor.session().key);
    EXPECT_EQ(pair.dialer.session().role, Role::dialer);
    EXPECT_EQ(pair.acceptor.session().role, Role::acceptor);
}

TEST(MuxHandshake, EncodesTheDefaultSettings) {
    EXPECT_EQ(to_hex(encode(Settings{})), "e0100000804f1200");
}

TEST(MuxHandshake, BothSidesTakeTheSmallerSettings) {
    using namespace std::chrono_literals;
    DialerHandshake dialer(public_key_of(kHostKey), filled<32>(1),
                           {.packet_size = 1440, .max_timeout = 30min});
    AcceptorHandshake acceptor(kHostKey, filled<32>(2), {.packet_size = 4320, .max_timeout = 3min});
    std::array<Bytes, 2> sent;
    ASSERT_TRUE(run(dialer, acceptor, sent));
    const Settings both{.packet_size = 1440, .max_timeout = 3min};
    EXPECT_EQ(dialer.session().settings, both);
    EXPECT_EQ(acceptor.session().settings, both);
}

TEST(MuxHandshake, RefusesSettingsOutOfBounds) {
    using namespace std::chrono_literals;
    for (const Settings bad : {Settings{.packet_size = 1219}, Settings{.max_timeout = 119s}}) {
        DialerHandshake dialer(public_key_of(kHostKey), filled<32>(1), {});
        AcceptorHandshake acceptor(kHostKey, filled<32>(2), bad);
        std::array<Bytes, 2> sent;
        const auto done = run(dialer, acceptor, sent);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Code::invalid_argument);
    }
    EXPECT_FALSE(agree({.packet_size = 32769}, {.packet_size = 40000}));
    EXPECT_FALSE(agree({.max_timeout = 3h}, {.max_timeout = 3h}));
}

TEST(MuxHandshake, RefusesAnotherHost) {
    DialerHandshake dialer(public_key_of(Ed25519PrivateKey(filled<32>(4))), filled<32>(1), {});
    AcceptorHandshake acceptor(kHostKey, filled<32>(2), {});
    std::array<Bytes, 2> sent;
    const auto done = run(dialer, acceptor, sent);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::invalid_credentials);
}

TEST(MuxHandshake, RefusesOldVersions) {
    Pair pair;
    EXPECT_FALSE(pair.dialer.feed(Bytes{std::byte{2}}));
    EXPECT_FALSE(pair.acceptor.feed(Bytes{std::byte{0}}));
    EXPECT_TRUE(Pair{}.dialer.feed(Bytes{std::byte{4}}));
}

TEST(MuxHandshake, RefusesAKeyOfLowOrder) {
    Pair pair;
    ASSERT_TRUE(pair.acceptor.feed(Bytes{std::byte{3}}));
    EXPECT_FALSE(pair.acceptor.feed(Bytes(32)));
}

// Every byte of either side's answer matters.
TEST(MuxHandshake, RefusesChangedBytes) {
    std::array<Bytes, 2> sent;
    Pair good;
    ASSERT_TRUE(run(good.dialer, good.acceptor, sent));
    for (std::size_t at = 1; at < sent[1].size(); ++at) {
        Pair pair;
        auto answer = sent[1];
        answer[at] ^= std::byte{1};
        ASSERT_TRUE(pair.dialer.feed(ByteView(answer).first(1)));
        EXPECT_FALSE(pair.dialer.feed(ByteView(answer).subspan(1))) << at;
    }
    Pair pair;
    ASSERT_TRUE(pair.acceptor.feed(ByteView(sent[0]).first(1)));
    ASSERT_TRUE(pair.acceptor.feed(ByteView(sent[0]).subspan(1, 32)));
    auto settings = Bytes(sent[0].end() - 24, sent[0].end());
    settings[0] ^= std::byte{1};
    EXPECT_FALSE(pair.acceptor.feed(settings));
}

}  // namespace
}  // namespace siahub::sia::mux
