#pragma once
// What several tests share: hex literals and the deterministic fillers of the upstream vectors.

#include "core/encoding.hpp"
#include "sia/ids.hpp"
#include "sia/merkle.hpp"

#include <stdexcept>

namespace siahub::sia::testing {

inline Bytes from_hex(std::string_view hex) {
    Bytes out(hex.size() / 2);
    if (!siahub::from_hex(hex, out)) throw std::logic_error("not hex");
    return out;
}

inline Hash256 hash(std::string_view hex) {
    return Hash256::from_hex(hex).value();
}

// A value that starts with these bytes and goes on with zeros.
template <class T>
T starting_with(std::initializer_list<int> bytes) {
    T value;
    std::size_t at = 0;
    for (const int byte : bytes)
        value.bytes[at++] = static_cast<std::byte>(byte);
    return value;
}

template <class T>
T filled_with(unsigned char byte) {
    T value;
    value.bytes.fill(std::byte{byte});
    return value;
}

inline Bytes splitmix64(std::uint64_t seed, std::size_t size) {
    Bytes out(size);
    std::uint64_t x = seed;
    for (std::size_t at = 0; at < size; at += 8) {
        x += 0x9e3779b97f4a7c15;
        std::uint64_t z = x;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        z ^= z >> 31;
        std::memcpy(out.data() + at, &z, std::min<std::size_t>(8, size - at));
    }
    return out;
}

inline Bytes xorshift64(std::uint64_t state, std::size_t size) {
    Bytes out(size);
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        store_le(out.data() + at, state);
    }
    return out;
}

}  // namespace siahub::sia::testing
