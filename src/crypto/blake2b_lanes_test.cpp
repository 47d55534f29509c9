#include "crypto/blake2b_lanes.hpp"

#include "crypto/blake2b.hpp"

#include <gtest/gtest.h>

namespace siahub {
namespace {

Bytes numbered(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i)
        out[i] = static_cast<std::byte>(i * 131 + i / 251);
    return out;
}

// One by one, with libsodium.
Bytes expected_digests(std::byte prefix, ByteView messages) {
    Bytes out;
    for (std::size_t at = 0; at < messages.size(); at += kLaneMessage) {
        Blake2b hasher;
        hasher.update(ByteView(&prefix, 1));
        hasher.update(messages.subspan(at, kLaneMessage));
        append(out, hasher.finish());
    }
    return out;
}

TEST(Blake2bLanes, EveryKernelHashesAsLibsodiumAnyNumberOfMessages) {
    for (const auto& kernel : lane_kernels())
        for (const std::size_t count : {0U, 1U, 2U, 7U, 8U, 9U, 16U, 31U, 64U, 100U})
            for (const auto prefix : {std::byte{0}, std::byte{1}, std::byte{0xff}}) {
                const auto messages = numbered(count * kLaneMessage);
                Bytes digests(count * kLaneDigest);
                blake2b_each_with(kernel, prefix, messages, digests);
                EXPECT_EQ(digests, expected_digests(prefix, messages)) << kernel.name << count;
            }
}

TEST(Blake2bLanes, WorksInPlaceAndUnaligned) {
    const auto messages = numbered(24 * kLaneMessage);
    const auto expected = expected_digests(std::byte{1}, messages);
    for (const auto& kernel : lane_kernels()) {
        Bytes place(messages.size() + 1);
        std::memcpy(place.data() + 1, messages.data(), messages.size());
        blake2b_each_with(kernel, std::byte{1}, ByteView(place).subspan(1),
                          std::span(place).subspan(1, expected.size()));
        EXPECT_EQ(Bytes(place.begin() + 1, place.begin() + 1 + std::ssize(expected)), expected);
    }
}

TEST(Blake2bLanes, RefusesPiecesOfMessages) {
    Bytes digest(kLaneDigest);
    EXPECT_THROW(blake2b_each(std::byte{0}, numbered(65), digest), std::logic_error);
    EXPECT_THROW(blake2b_each(std::byte{0}, numbered(128), digest), std::logic_error);
}

}  // namespace
}  // namespace siahub
