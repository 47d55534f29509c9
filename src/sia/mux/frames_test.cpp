#include "sia/mux/frames.hpp"

#include "sia/mux/mux_test_support.hpp"

namespace siahub::sia::mux {
namespace {

using testing::frame;
using testing::session;

struct Seen {
    StreamId id;
    std::uint16_t flags;
    std::string payload;
    bool operator==(const Seen&) const = default;
};

// Frames of a byte stream that arrives in blocks of `size`.
std::vector<Seen> read(ByteView stream, std::size_t size, std::size_t packet_size = 4320) {
    FrameReader reader(packet_size);
    std::vector<Seen> seen;
    for (; !stream.empty(); stream = stream.subspan(std::min(size, stream.size()))) {
        reader.feed(stream.first(std::min(size, stream.size())));
        for (;;) {
            const auto next = reader.next();
            EXPECT_TRUE(next);
            if (!next || !*next) break;
            seen.push_back({(*next)->id, (*next)->flags, std::string(as_chars((*next)->payload))});
        }
    }
    return seen;
}

TEST(MuxFrames, EncodesTheHeader) {
    EXPECT_EQ(to_hex(encode_header(256, kFlagFirst, 0x0102)), "0102000002010100");
}

TEST(MuxFrames, MayStraddlePacketsAnywhere) {
    Bytes stream = frame(256, 1, "hello");
    append(stream, frame(0x3fffffff, 0, std::string(300, 'x')));
    append(stream, frame(257, 6, "why"));
    append(stream, frame(258, 2));
    const std::vector<Seen> want{
        {256, 1, "hello"}, {0x3fffffff, 0, std::string(300, 'x')}, {257, 6, "why"}, {258, 2, ""}};
    for (std::size_t size = 1; size <= stream.size(); ++size)
        EXPECT_EQ(read(stream, size), want) << size;
}

TEST(MuxFrames, SkipsPaddingToTheEndOfThePacket) {
    Bytes first = frame(256, 1, "a");
    append(first, as_bytes("\2 covert bytes of another program"));
    Bytes second = frame(256, 0, "b");
    second.resize(first.size());
    append(first, second);
    const std::vector<Seen> want{{256, 1, "a"}, {256, 0, "b"}};
    EXPECT_EQ(read(first, second.size()), want);
}

TEST(MuxFrames, RefusesWhatCannotFitIntoAPacket) {
    FrameReader reader(1220);
    const auto fits = encode_header(256, 0, 1212);
    reader.feed(fits);
    ASSERT_TRUE(reader.next());
    FrameReader other(1220);
    const auto large = encode_header(256, 0, 1213);
    other.feed(large);
    EXPECT_FALSE(other.next());
}

TEST(MuxPackets, CarryAStreamOfBytes) {
    PacketSealer sealer(session(Role::dialer, 1220));
    PacketOpener opener(session(Role::acceptor, 1220));
    std::string text(5000, '\0');
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>(i * 7 + i / 256);
    sealer.write(as_bytes(text).first(100));
    sealer.write(as_bytes(text).subspan(100));
    EXPECT_EQ(sealer.queued(), 5u * 1220);
    Bytes sealed = sealer.flush({});
    EXPECT_EQ(sealer.queued(), 0u);
    ASSERT_EQ(sealed.size(), 5u * 1220);
    std::string got;
    for (std::size_t at = 0; at < sealed.size(); at += 1220)
        got += as_chars(opener.open(std::span(sealed).subspan(at, 1220)).value());
    EXPECT_EQ(got.substr(0, text.size()), text);
    EXPECT_EQ(got.substr(text.size()), std::string(5 * 1204 - 5000, '\0'));
}

// The padding of a buffer that held something before is zeros all the same.
TEST(MuxPackets, PadWithZerosInARecycledBuffer) {
    PacketSealer sealer(session(Role::dialer, 1220));
    PacketOpener opener(session(Role::acceptor, 1220));
    sealer.write(as_bytes(std::string(1204, 'x')));
    Bytes first = sealer.flush({});
    ASSERT_TRUE(opener.open(first));
    sealer.write(as_bytes("a"));
    Bytes second = sealer.flush(std::move(first));
    ASSERT_TRUE(opener.open(second));
    sealer.write(as_bytes("b"));
    Bytes third = sealer.flush(std::move(second));
    EXPECT_EQ(as_chars(opener.open(third).value()), "b" + std::string(1203, '\0'));
}

TEST(MuxPackets, AreRefusedWhenChangedRepeatedOrReflected) {
    PacketSealer sealer(session(Role::dialer, 1220));
    sealer.write(as_bytes("a"));
    const Bytes packet = sealer.flush({});
    Bytes copy = packet;
    EXPECT_FALSE(PacketOpener(session(Role::dialer, 1220)).open(copy));
    copy = packet;
    copy[700] ^= std::byte{1};
    EXPECT_FALSE(PacketOpener(session(Role::acceptor, 1220)).open(copy));
    PacketOpener opener(session(Role::acceptor, 1220));
    copy = packet;
    EXPECT_TRUE(opener.open(copy));
    copy = packet;
    EXPECT_FALSE(opener.open(copy));
}

}  // namespace
}  // namespace siahub::sia::mux
