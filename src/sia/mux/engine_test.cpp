#include "sia/mux/engine.hpp"

#include "sia/mux/mux_test_support.hpp"

namespace siahub::sia::mux {
namespace {

using namespace std::chrono_literals;
using testing::frame;
using testing::RecordingAcceptor;
using testing::RecordingSink;
using testing::session;

const Engine::TimePoint kStart{};

// Both ends of a connection, and what travels from one to the other.
struct Link {
    RecordingAcceptor acceptor;
    Engine dialer{session(Role::dialer)};
    Engine host{session(Role::acceptor), &acceptor};

    static Result<void> carry(Engine& from, Engine& to, Engine::TimePoint now = kStart) {
        Bytes sealed = from.flush({});
        const auto taken = TRY(to.receive(sealed, now));
        EXPECT_EQ(taken, sealed.size());
        return {};
    }
    Result<void> to_host() { return carry(dialer, host); }
    Result<void> to_dialer(Engine::TimePoint now = kStart) { return carry(host, dialer, now); }
};

Result<void> feed(Engine& engine, ByteView block) {
    return engine.receive_block(block, kStart);
}

TEST(MuxEngine, CarriesDataBothWays) {
    Link link;
    RecordingSink sink;
    const auto id = link.dialer.open(sink);
    EXPECT_EQ(id, 256u);
    const std::string large(3 * 4320, 'q');
    link.dialer.write(id, as_bytes(large));
    link.dialer.write(id, as_bytes("end"));
    ASSERT_TRUE(link.to_host());
    ASSERT_EQ(link.acceptor.ids, std::vector<StreamId>{id});
    EXPECT_EQ(link.acceptor.sinks[0]->data, large + "end");
    link.host.write(id, as_bytes("answer"));
    link.host.close(id, kStart);
    ASSERT_TRUE(link.to_dialer());
    EXPECT_EQ(sink.data, "answer");
    ASSERT_EQ(sink.ends.size(), 1u);
    EXPECT_EQ(sink.ends[0].code, Code::connection_closed);
    EXPECT_FALSE(link.dialer.writable(id));
}

TEST(MuxEngine, SaysNothingOfAStreamThatNeverSpoke) {
    Link link;
    RecordingSink sink;
    link.dialer.close(link.dialer.open(sink), kStart);
    EXPECT_EQ(link.dialer.queued(), 0u);
    EXPECT_EQ(link.dialer.resting_ids(), 0u);
}

TEST(MuxEngine, SaysNothingAfterThePeerClosed) {
    Link link;
    RecordingSink sink;
    const auto id = link.dialer.open(sink);
    link.dialer.write(id, as_bytes("?"));
    ASSERT_TRUE(link.to_host());
    link.host.close(id, kStart);
    ASSERT_TRUE(link.to_dialer());
    link.dialer.close(id, kStart);
    link.dialer.close(id, kStart);
    EXPECT_EQ(link.dialer.queued(), 0u);
    EXPECT_EQ(link.dialer.open_streams(), 0u);
    // A peer that says more than its last word is forgiven.
    EXPECT_TRUE(feed(link.dialer, frame(id, 0, "slipped out")));
}

TEST(MuxEngine, TakesLateFramesOfAStreamItClosed) {
    Link link;
    RecordingSink sink;
    const auto id = link.dialer.open(sink);
    link.dialer.write(id, as_bytes("?"));
    ASSERT_TRUE(link.to_host());
    link.host.write(id, as_bytes("late"));
    link.dialer.close(id, kStart);
    EXPECT_EQ(link.dialer.resting_ids(), 1u);
    ASSERT_TRUE(link.to_dialer());
    EXPECT_EQ(sink.data, "");
    ASSERT_TRUE(link.to_host());
    EXPECT_EQ(link.acceptor.sinks[0]->ends.size(), 1u);

    // A minute later the id is free, and a frame for it comes from nowhere.
    link.dialer.sweep(kStart + 59s);
    EXPECT_TRUE(feed(link.dialer, frame(id, 0, "later")));
    link.dialer.sweep(kStart + 60s);
    EXPECT_EQ(link.dialer.resting_ids(), 0u);
    EXPECT_FALSE(feed(link.dialer, frame(id, 0, "too late")));
}

TEST(MuxEngine, EndsAConnectionThatFloodsAClosedStream) {
    Link link;
    RecordingSink sink;
    const auto id = link.dialer.open(sink);
    link.dialer.write(id, as_bytes("?"));
    link.dialer.close(id, kStart);
    const auto data = frame(id, 0, std::string(4096, 'x'));
    // A sector and its proof are not a flood.
    for (int i = 0; i < 1025; ++i)
        ASSERT_TRUE(feed(link.dialer, data));
    int more = 0;
    while (feed(link.dialer, data) && more < 2000)
        ++more;
    EXPECT_LT(more, 1100);
}

TEST(MuxEngine, ClosesAStreamThatGetsTooMuchButKeepsTheConnection) {
    Link link;
    RecordingSink small, other;
    small.capacity = 10;
    const auto id = link.dialer.open(small);
    const auto other_id = link.dialer.open(other);
    link.dialer.write(id, as_bytes("a"));
    link.dialer.write(other_id, as_bytes("b"));
    ASSERT_TRUE(link.to_host());
    link.host.write(id, as_bytes("more than ten bytes"));
    link.host.write(id, as_bytes("and more"));
    link.host.write(other_id, as_bytes("fine"));
    ASSERT_TRUE(link.to_dialer());
    ASSERT_EQ(small.ends.size(), 1u);
    EXPECT_EQ(small.ends[0].code, Code::invalid_argument);
    EXPECT_FALSE(link.dialer.writable(id));
    EXPECT_EQ(other.data, "fine");
    ASSERT_TRUE(link.to_host());
    EXPECT_EQ(link.acceptor.sinks[0]->ends.size(), 1u);
}

TEST(MuxEngine, PassesOnWhyThePeerClosed) {
    Engine dialer(session(Role::dialer));
    RecordingSink sink;
    const auto id = dialer.open(sink);
    dialer.write(id, as_bytes("?"));
    ASSERT_TRUE(feed(dialer, frame(id, kFlagLast | kFlagError, "no\nway")));
    ASSERT_TRUE(feed(dialer, frame(id, 0, "ignored")));
    ASSERT_TRUE(feed(dialer, frame(id, kFlagLast)));
    EXPECT_EQ(sink.data, "");
    ASSERT_EQ(sink.ends.size(), 1u);
    EXPECT_EQ(sink.ends[0].code, Code::unavailable);
    EXPECT_NE(sink.ends[0].message.find("no?way"), std::string::npos);
}

TEST(MuxEngine, EndsTheConnectionOnFramesFromNowhere) {
    for (const auto& bad : {frame(300, 0, "unknown"), frame(300, kFlagLast), frame(257, kFlagFirst),
                            frame(256, kFlagFirst, "ours"), frame(255, kFlagFirst, "reserved")}) {
        Engine dialer(session(Role::dialer));
        EXPECT_FALSE(feed(dialer, bad));
    }
    RecordingAcceptor acceptor;
    Engine host(session(Role::acceptor), &acceptor);
    EXPECT_TRUE(feed(host, frame(256, kFlagFirst, "theirs")));
    EXPECT_FALSE(feed(host, frame(257, kFlagFirst, "ours")));
}

TEST(MuxEngine, SendsAndIgnoresKeepalives) {
    Link link;
    link.dialer.keepalive();
    EXPECT_EQ(link.dialer.queued(), 4320u);
    EXPECT_TRUE(link.to_host());
    EXPECT_TRUE(link.acceptor.ids.empty());
}

TEST(MuxEngine, DoesNotReuseAnIdThatIsTakenOrRests) {
    Engine dialer(session(Role::dialer));
    RecordingSink sink;
    const auto open = dialer.open(sink);
    const auto resting = dialer.open(sink);
    dialer.write(resting, as_bytes("?"));
    dialer.close(resting, kStart);
    dialer.continue_ids_at(kEndOfStreamIds - 2);
    EXPECT_EQ(dialer.open(sink), kEndOfStreamIds - 2);
    EXPECT_EQ(open, kLowestStreamId);
    EXPECT_EQ(resting, kLowestStreamId + 2);
    EXPECT_EQ(dialer.open(sink), kLowestStreamId + 4);

    RecordingAcceptor acceptor;
    Engine host(session(Role::acceptor), &acceptor);
    host.continue_ids_at(kEndOfStreamIds - 1);
    EXPECT_EQ(host.open(sink), kEndOfStreamIds - 1);
    EXPECT_EQ(host.open(sink), kLowestStreamId + 1);
}

TEST(MuxEngine, EndsAllStreamsWithTheConnection) {
    Engine dialer(session(Role::dialer));
    RecordingSink one, two, over;
    dialer.open(one);
    const auto id = dialer.open(two);
    dialer.write(id, as_bytes("?"));
    const auto over_id = dialer.open(over);
    dialer.write(over_id, as_bytes("?"));
    ASSERT_TRUE(feed(dialer, frame(over_id, kFlagLast)));
    dialer.abandon({Code::timeout, "gone"});
    EXPECT_EQ(one.ends.size(), 1u);
    EXPECT_EQ(two.ends.size(), 1u);
    EXPECT_EQ(over.ends.size(), 1u);
    EXPECT_EQ(dialer.open_streams(), 0u);
}

}  // namespace
}  // namespace siahub::sia::mux
