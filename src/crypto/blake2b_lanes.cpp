#include "crypto/blake2b_lanes.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace siahub {

namespace {

constexpr std::size_t kLanes = 8;
using Word = std::uint64_t;
using Vector __attribute__((vector_size(kLanes * sizeof(Word)))) = Word;
using Unaligned __attribute__((vector_size(kLanes * sizeof(Word)), aligned(1))) = Word;

// RFC 7693, sections 2.6 and 2.7.
constexpr std::array<Word, 8> kIv = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                     0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                     0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
constexpr std::size_t kSigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                        {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                        {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                        {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                        {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                        {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                        {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                        {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                        {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};
constexpr std::size_t kRounds = 12;
// 65 bytes fill eight words and one byte of the ninth; the other words of the block are zero.
constexpr std::size_t kMessageWords = 9;
constexpr Word kMessageBytes = 65;
constexpr Word kParameters = 0x01010000 ^ kLaneDigest;  // one leaf, depth 1, no key

// Vectors travel by reference: by value their calling convention would depend on the target.
#define SIAHUB_INLINE [[gnu::always_inline]] inline

template <int Bits>
SIAHUB_INLINE void xor_rotate(Vector& a, const Vector& b) {
    const Vector mixed = a ^ b;
    a = (mixed >> Bits) | (mixed << (64 - Bits));
}

template <std::size_t Round, std::size_t Place>
SIAHUB_INLINE void add_message(Vector& a, const Vector (&m)[kMessageWords]) {
    constexpr auto word = kSigma[Round % 10][Place];
    if constexpr (word < kMessageWords) a += m[word];
}

template <std::size_t Round, std::size_t Place, std::size_t A, std::size_t B, std::size_t C,
          std::size_t D>
SIAHUB_INLINE void mix(Vector (&v)[16], const Vector (&m)[kMessageWords]) {
    v[A] += v[B];
    add_message<Round, Place>(v[A], m);
    xor_rotate<32>(v[D], v[A]);
    v[C] += v[D];
    xor_rotate<24>(v[B], v[C]);
    v[A] += v[B];
    add_message<Round, Place + 1>(v[A], m);
    xor_rotate<16>(v[D], v[A]);
    v[C] += v[D];
    xor_rotate<63>(v[B], v[C]);
}

template <std::size_t Round>
SIAHUB_INLINE void round_of(Vector (&v)[16], const Vector (&m)[kMessageWords]) {
    mix<Round, 0, 0, 4, 8, 12>(v, m);
    mix<Round, 2, 1, 5, 9, 13>(v, m);
    mix<Round, 4, 2, 6, 10, 14>(v, m);
    mix<Round, 6, 3, 7, 11, 15>(v, m);
    mix<Round, 8, 0, 5, 10, 15>(v, m);
    mix<Round, 10, 1, 6, 11, 12>(v, m);
    mix<Round, 12, 2, 7, 8, 13>(v, m);
    mix<Round, 14, 3, 4, 9, 14>(v, m);
}

template <std::size_t... Round>
SIAHUB_INLINE void all_rounds(Vector (&v)[16], const Vector (&m)[kMessageWords],
                              std::index_sequence<Round...>) {
    (round_of<Round>(v, m), ...);
}

// Words of eight messages become vectors of equal words, in three steps of pairwise exchange.
SIAHUB_INLINE void transpose(Vector (&x)[kLanes]) {
    Vector y[kLanes];
    for (std::size_t i = 0; i < 8; i += 2) {
        y[i] = __builtin_shufflevector(x[i], x[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        y[i + 1] = __builtin_shufflevector(x[i], x[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (const std::size_t i : {0U, 1U, 4U, 5U}) {
        x[i] = __builtin_shufflevector(y[i], y[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        x[i + 2] = __builtin_shufflevector(y[i], y[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (std::size_t i = 0; i < 4; ++i) {
        y[i] = __builtin_shufflevector(x[i], x[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        y[i + 4] = __builtin_shufflevector(x[i], x[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (std::size_t i = 0; i < 8; ++i)
        x[i] = y[i];
}

SIAHUB_INLINE void load_messages(std::byte prefix, const std::byte* at,
                                 Vector (&m)[kMessageWords]) {
    Vector x[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i)
        x[i] = *reinterpret_cast<const Unaligned*>(at + i * kLaneMessage);
    transpose(x);
    m[0] = (x[0] << 8) | std::to_integer<Word>(prefix);
    for (std::size_t i = 1; i < kLanes; ++i)
        m[i] = (x[i - 1] >> 56) | (x[i] << 8);
    m[8] = x[7] >> 56;
}

SIAHUB_INLINE void store_digests(const Vector (&h)[4], std::byte* at) {
    const Vector low01 = __builtin_shufflevector(h[0], h[1], 0, 8, 2, 10, 4, 12, 6, 14);
    const Vector high01 = __builtin_shufflevector(h[0], h[1], 1, 9, 3, 11, 5, 13, 7, 15);
    const Vector low23 = __builtin_shufflevector(h[2], h[3], 0, 8, 2, 10, 4, 12, 6, 14);
    const Vector high23 = __builtin_shufflevector(h[2], h[3], 1, 9, 3, 11, 5, 13, 7, 15);
    const Vector even02 = __builtin_shufflevector(low01, low23, 0, 1, 8, 9, 2, 3, 10, 11);
    const Vector odd13 = __builtin_shufflevector(high01, high23, 0, 1, 8, 9, 2, 3, 10, 11);
    const Vector even46 = __builtin_shufflevector(low01, low23, 4, 5, 12, 13, 6, 7, 14, 15);
    const Vector odd57 = __builtin_shufflevector(high01, high23, 4, 5, 12, 13, 6, 7, 14, 15);
    auto* out = reinterpret_cast<Unaligned*>(at);
    out[0] = __builtin_shufflevector(even02, odd13, 0, 1, 2, 3, 8, 9, 10, 11);
    out[1] = __builtin_shufflevector(even02, odd13, 4, 5, 6, 7, 12, 13, 14, 15);
    out[2] = __builtin_shufflevector(even46, odd57, 0, 1, 2, 3, 8, 9, 10, 11);
    out[3] = __builtin_shufflevector(even46, odd57, 4, 5, 6, 7, 12, 13, 14, 15);
}

SIAHUB_INLINE void hash_groups(std::byte prefix, const std::byte* messages, std::byte* digests,
                               std::size_t groups) {
    for (; groups > 0; --groups) {
        Vector m[kMessageWords], v[16], h[4];
        load_messages(prefix, messages, m);
        for (std::size_t i = 0; i < 8; ++i)
            v[i] = v[i + 8] = Vector{} + kIv[i];
        v[0] ^= kParameters;
        v[12] ^= kMessageBytes;
        v[14] = ~v[14];
        all_rounds(v, m, std::make_index_sequence<kRounds>());
        for (std::size_t i = 0; i < 4; ++i)
            h[i] = v[i] ^ v[i + 8] ^ (i == 0 ? kIv[i] ^ kParameters : kIv[i]);
        store_digests(h, digests);
        messages += kLanes * kLaneMessage;
        digests += kLanes * kLaneDigest;
    }
}

void hash_portable(std::byte prefix, const std::byte* messages, std::byte* digests,
                   std::size_t groups) {
    hash_groups(prefix, messages, digests, groups);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void hash_avx2(std::byte prefix, const std::byte* messages,
                                       std::byte* digests, std::size_t groups) {
    hash_groups(prefix, messages, digests, groups);
}

[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]] void hash_avx512(std::byte prefix,
                                                                       const std::byte* messages,
                                                                       std::byte* digests,
                                                                       std::size_t groups) {
    hash_groups(prefix, messages, digests, groups);
}
#endif

}  // namespace

std::vector<LaneKernel> lane_kernels() {
    std::vector<LaneKernel> kernels;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        kernels.push_back({"avx512", hash_avx512});
    if (__builtin_cpu_supports("avx2")) kernels.push_back({"avx2", hash_avx2});
#endif
    kernels.push_back({"portable", hash_portable});
    return kernels;
}

void blake2b_each_with(const LaneKernel& kernel, std::byte prefix, ByteView messages,
                       std::span<std::byte> digests) {
    const auto count = messages.size() / kLaneMessage;
    if (messages.size() % kLaneMessage != 0 || digests.size() != count * kLaneDigest)
        throw std::logic_error("messages of 64 bytes have digests of 32");
    const auto groups = count / kLanes, rest = count % kLanes;
    kernel.run(prefix, messages.data(), digests.data(), groups);
    if (rest == 0) return;
    std::array<std::byte, kLanes * kLaneMessage> last{};
    std::array<std::byte, kLanes * kLaneDigest> out;
    std::memcpy(last.data(), messages.data() + groups * kLanes * kLaneMessage, rest * kLaneMessage);
    kernel.run(prefix, last.data(), out.data(), 1);
    std::memcpy(digests.data() + groups * kLanes * kLaneDigest, out.data(), rest * kLaneDigest);
}

void blake2b_each(std::byte prefix, ByteView messages, std::span<std::byte> digests) {
    static const LaneKernel best = lane_kernels().front();
    blake2b_each_with(best, prefix, messages, digests);
}

}  // namespace siahub
