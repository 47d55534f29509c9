#include "sia/erasure.hpp"

#include "crypto/blake2b.hpp"
#include "crypto/reed_solomon.hpp"
#include "sia/test_vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace siahub::sia {
namespace {

struct Shards {
    Shards(std::size_t count, std::size_t size) : bytes(count, Bytes(size)) {
        for (auto& shard : bytes)
            writable.emplace_back(shard);
    }
    [[nodiscard]] std::vector<ByteView> views(std::size_t offset, std::size_t length) const {
        std::vector<ByteView> all;
        for (const auto& shard : bytes)
            all.push_back(ByteView(shard).subspan(offset, length));
        return all;
    }
    std::vector<Bytes> bytes;
    std::vector<std::span<std::byte>> writable;
};

TEST(Erasure, CellsOf64BytesGoRound) {
    Shards shards(2, 256);
    Bytes bytes(200);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(i);
    scatter(bytes, 30, shards.writable);
    EXPECT_EQ(shards.bytes[0][29], std::byte{0});
    EXPECT_EQ(shards.bytes[0][30], bytes[0]);
    EXPECT_EQ(shards.bytes[1][0], bytes[34]);
    EXPECT_EQ(shards.bytes[0][64], bytes[98]);
    EXPECT_EQ(shards.bytes[1][64 + 37], bytes[199]);
}

TEST(Erasure, AnyRangeComesBack) {
    rc::check([] {
        const auto count = *rc::gen::inRange<std::size_t>(1, 20);
        Shards shards(count, 4096);
        const auto slab = testing::splitmix64(count, count * 4096);
        // In pieces of any size, as they come from a stream.
        for (std::size_t at = 0; at < slab.size();) {
            const auto size = std::min(slab.size() - at, *rc::gen::inRange<std::size_t>(1, 9000));
            scatter(ByteView(slab).subspan(at, size), at, shards.writable);
            at += size;
        }
        const auto from = *rc::gen::inRange<std::size_t>(0, slab.size());
        Bytes out(*rc::gen::inRange<std::size_t>(1, slab.size() - from + 1));
        const auto range = shard_range(from, out.size(), count);
        RC_ASSERT(range.offset % 64 == 0U && range.length % 64 == 0U);
        RC_ASSERT(range.length * count < out.size() + 128 * count);
        gather(shards.views(range.offset, range.length), range.skip, out);
        RC_ASSERT(std::ranges::equal(out, std::span(slab).subspan(from, out.size())));
    });
}

TEST(Erasure, SmallParityIsSias) {
    const ReedSolomon code(2, 5);
    Shards data(2, kSectorSize), parity(3, kSectorSize);
    std::ranges::fill(data.bytes[0], std::byte{1});
    std::ranges::fill(data.bytes[1], std::byte{2});
    code.encode(data.views(0, kSectorSize), parity.writable);
    EXPECT_EQ(parity.bytes[0], Bytes(kSectorSize, std::byte{7}));
    EXPECT_EQ(parity.bytes[1], Bytes(kSectorSize, std::byte{4}));
    EXPECT_EQ(parity.bytes[2], Bytes(kSectorSize, std::byte{0x0d}));
}

TEST(Erasure, ParityOf10Of30IsSias) {
    const ReedSolomon code(10, 30);
    Shards data(10, kSectorSize), parity(20, kSectorSize);
    for (std::size_t i = 0; i < 10; ++i) {
        data.bytes[i] = testing::xorshift64(i + 1, kSectorSize);
        data.writable[i] = data.bytes[i];
    }
    code.encode(data.views(0, kSectorSize), parity.writable);
    const char* expected_data[] = {
        "5f9133b3f31ca9e40e029fd0b0fc31127803ba39bbc6393da17f201c2b320bc0",
        "873f9a6c0bfb4063b3125f034b0adbafec4c6a3cf4855381640612d3bdb52c52",
        "addeec9b79e16ef8b73faa44acdd8bce937baf4261e0a2960fad431378163c9a",
        "99c7af0efa1aee38039171a95550735f7ba85f2cc53b5d211177a4714261067f",
        "7c6619b96e1518270e8a6098558d92c6f599500a4c4a07c2b1c378f1c28f81d2",
        "e4a27ad70588b5fe9b1eab2c3e90b2400f9b835870314d5462af677fa0194b65",
        "28fde42094bb60c92aef3f4c1b76ef3b41407b4f32980d1487bacd3439fc1c38",
        "49a89238c935b6dbfae3081785ce008b1e6c5b17e64e87e6a977146956708e95",
        "fe4604077368a0da69257ad0f6d4a81c1d2ecb95100b320f837c190aee42197a",
        "80bed93006c4e0a4f2aca7ee2da737271d6df50b117c1ba4012ad06381b45a84"};
    const char* expected_parity[] = {
        "d0820641e4a40d01aa61812561717a45681e0d9d990daff41971e0e4bbb9596f",
        "c93ede3459a43f28a73d6b54618891d218fe2a6fff72e8a2e11ddcc8f3c03ce3",
        "240cb1f10fb2539f287af32dab1271b37896dd72ce63e9df4dc528abe65a260c",
        "85315fa52dcc04496815bc6d988a0b2caa7a872957739fd2e1aac5189e756fcf",
        "7c5c6545793751788dd8e401d46b0567cb34bc2ee31097e1ec2108c6e01511a6",
        "24bfd4acab06d4976f08219b6fb5dc872b1382f39961f23b5d09065d137f423f",
        "fd3140df262ab81f99f1f5a4ee83a2d06f2f361b538a4949b651ad2bc24e7be5",
        "46cab3709634583d2fe357d62f8a30c4797ea26696ecfb7957b3bb5168787cfc",
        "babf9e26da954f409e2fb8834fddf2c075daa8789c62c03a2cc649296b3ad0ee",
        "08cd570feba44f78705f0b3fd5fc973bcd62beb16567c700a3671a316af6a71b",
        "a56df2e4f7be6626861da81b83e812315870ff89d0854cf290a2e42ccb64358f",
        "5264c29cfd9fe9c63cdefed4ca20c790ed30c9ff2bfd9c167bf5205d797f9f00",
        "9f1c15a3a5514581eb0e20b3811b92fcf4f59cdbd986ea2677d40f65e728aa33",
        "aaaa12e1c177e5e52012068462b83e9a0ce2c6d74d089cbdf4b370186ac386ad",
        "99f837946ab86c68b451693685041b88aa66ff1330ff2d0c54c87e87cec5640b",
        "7fc2ffab8e8c85898b2d6a225b85771cd8ceeea61306710f14f07c94076e267c",
        "9ff3bfbd1f282f9ef3705715321a687cfe7f1f8d623ef153e1ebbdb9ad4493db",
        "a922d41284f8c6c8c0d764fcd0df2f5313e84abd594787e94a097ceded6dd912",
        "4b8f9c5558cd26029a120b30b8429a28f17869c283402c0dd8e8c390fb7639c7",
        "1bdc7fdb4c601c503bf12a833a12a0a41ed717db7ee1c99ce3176ba8afeb2684"};
    for (std::size_t i = 0; i < 10; ++i)
        EXPECT_EQ(to_hex(blake2b_256(data.bytes[i])), expected_data[i]) << i;
    for (std::size_t i = 0; i < 20; ++i)
        EXPECT_EQ(to_hex(blake2b_256(parity.bytes[i])), expected_parity[i]) << i;
    // The last ten alone give everything back.
    std::vector<ReedSolomon::Source> sources;
    for (std::size_t i = 20; i < 30; ++i)
        sources.push_back({i, parity.bytes[i - 10]});
    Shards rebuilt(10, kSectorSize);
    std::vector<ReedSolomon::Target> targets;
    for (std::size_t i = 0; i < 10; ++i)
        targets.push_back({i, rebuilt.writable[i]});
    code.rebuild(sources, targets);
    EXPECT_EQ(rebuilt.bytes, data.bytes);
}

}  // namespace
}  // namespace siahub::sia
