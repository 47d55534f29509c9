#pragma once
// Byte views and buffers. std::string_view is used for text and for HTTP; these for binary formats.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace siahub {

using ByteView = std::span<const std::byte>;
using Bytes = std::vector<std::byte>;

inline ByteView as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string_view as_chars(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Little-endian loads and stores at a byte position the caller has checked.
template <class T>
T load_le(const std::byte* at) {
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

template <class T>
void store_le(std::byte* at, T value) {
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(at, &value, sizeof value);
}

template <class T>
void append_le(Bytes& out, T value) {
    const auto start = out.size();
    out.resize(start + sizeof value);
    store_le(out.data() + start, value);
}

inline void append(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace siahub
