#include "xet/byte_grouping.hpp"

#include <algorithm>
#include <array>

namespace siahub::xet {

namespace {

// Where group `k` of n grouped bytes starts: the first n mod 4 groups are one longer.
std::size_t group_start(std::size_t n, std::size_t k) {
    return n / 4 * k + std::min(n % 4, k);
}

// Sixteen bytes as one vector register of any processor; clang's vector extension.
using Vec = unsigned char __attribute__((vector_size(16)));

Vec load_vec(const std::byte* at) {
    Vec value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

void store_vec(std::byte* at, Vec value) {
    std::memcpy(at, &value, sizeof value);
}

Vec interleave_low(Vec a, Vec b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

Vec interleave_high(Vec a, Vec b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                   31);
}

Vec interleave_pairs_low(Vec a, Vec b) {
    return __builtin_shufflevector(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}

Vec interleave_pairs_high(Vec a, Vec b) {
    return __builtin_shufflevector(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30,
                                   31);
}

// Sixteen bytes of each group become 64 plain ones.
void ungroup_block(const std::array<const std::byte*, 4>& from, std::size_t i, std::byte* to) {
    const auto a = load_vec(from[0] + i);
    const auto b = load_vec(from[1] + i);
    const auto c = load_vec(from[2] + i);
    const auto d = load_vec(from[3] + i);
    const auto ab_low = interleave_low(a, b);
    const auto cd_low = interleave_low(c, d);
    const auto ab_high = interleave_high(a, b);
    const auto cd_high = interleave_high(c, d);
    store_vec(to, interleave_pairs_low(ab_low, cd_low));
    store_vec(to + 16, interleave_pairs_high(ab_low, cd_low));
    store_vec(to + 32, interleave_pairs_low(ab_high, cd_high));
    store_vec(to + 48, interleave_pairs_high(ab_high, cd_high));
}

}  // namespace

void group4(ByteView plain, std::span<std::byte> out) {
    for (std::size_t k = 0; k < 4; ++k) {
        auto* to = out.data() + group_start(plain.size(), k);
        for (std::size_t i = k; i < plain.size(); i += 4)
            *to++ = plain[i];
    }
}

void ungroup4(ByteView grouped, std::size_t start, std::span<std::byte> out) {
    std::array<const std::byte*, 4> from;
    for (std::size_t k = 0; k < 4; ++k) {
        from[k] = grouped.data() + group_start(grouped.size(), k) + start / 4;
    }
    std::size_t done = 0;
    for (; done + 64 <= out.size(); done += 64)
        ungroup_block(from, done / 4, out.data() + done);
    for (; done < out.size(); ++done)
        out[done] = from[done % 4][done / 4];
}

}  // namespace siahub::xet
