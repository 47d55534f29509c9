#pragma once
// Reproducible bytes for the tests, benchmarks and fuzz seeds of this layer.

#include "core/bytes.hpp"
#include "xet/hash.hpp"

#include <string>

namespace siahub::xet::test {

inline std::uint64_t split_mix(std::uint64_t& state) {
    auto z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
    return z ^ (z >> 31U);
}

// Cannot be compressed.
inline Bytes noise(std::size_t size, std::uint64_t seed = 0) {
    Bytes out;
    out.reserve(size + 8);
    while (out.size() < size)
        append_le(out, split_mix(seed));
    out.resize(size);
    return out;
}

// Like model weights in bf16: random mantissas, few exponents. Byte grouping helps.
inline Bytes weights(std::size_t size, std::uint64_t seed = 1) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) {
        const auto random = split_mix(seed);
        const auto exponent = 0x3bU + ((random >> 8U) % 16 == 0 ? (random >> 16U) % 3 : 0);
        out[i] = static_cast<std::byte>(i % 2 == 0 ? random & 0xffU
                                                   : exponent | (random >> 56U & 0x80U));
    }
    return out;
}

// Words in random order; LZ4 reaches about a third.
inline Bytes text(std::size_t size, std::uint64_t seed = 2) {
    static constexpr std::array<std::string_view, 16> kWords = {
        "tensor ", "weight ", "layer ",  "attention ", "token ", "the ",   "of ",   "gradient ",
        "model ",  "bias ",   "output ", "embedding ", "and ",   "value ", "query", ".\n"};
    Bytes out;
    while (out.size() < size)
        append(out, as_bytes(kWords[split_mix(seed) % kWords.size()]));
    out.resize(size);
    return out;
}

inline Hash hash_of(std::string_view hex) {
    return parse_hash(hex).value();
}

}  // namespace siahub::xet::test
