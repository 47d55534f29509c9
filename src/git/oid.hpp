#pragma once
// The SHA-1 id of a git object: 20 bytes, written as 40 hex digits. A value; all zero is no object.

#include "core/bytes.hpp"
#include "core/encoding.hpp"

#include <array>
#include <compare>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace siahub::git {

class Oid {
  public:
    static constexpr std::size_t kSize = 20;

    Oid() = default;
    explicit Oid(const std::array<std::byte, kSize>& bytes) : bytes_(bytes) {}

    // Exactly 40 hex digits of either case.
    static std::optional<Oid> parse(std::string_view hex) {
        Oid oid;
        if (!from_hex(hex, oid.bytes_)) return std::nullopt;
        return oid;
    }
    // Exactly 20 bytes.
    static std::optional<Oid> from_bytes(ByteView raw) {
        if (raw.size() != kSize) return std::nullopt;
        Oid oid;
        std::memcpy(oid.bytes_.data(), raw.data(), kSize);
        return oid;
    }

    [[nodiscard]] std::string hex() const { return to_hex(bytes_); }
    [[nodiscard]] ByteView bytes() const { return bytes_; }
    auto operator<=>(const Oid&) const = default;

  private:
    std::array<std::byte, kSize> bytes_{};
};

}  // namespace siahub::git

template <>
struct std::hash<siahub::git::Oid> {
    std::size_t operator()(const siahub::git::Oid& oid) const noexcept {
        std::size_t value;
        std::memcpy(&value, oid.bytes().data(), sizeof value);  // already uniform
        return value;
    }
};
