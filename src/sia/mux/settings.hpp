#pragma once
// What the two ends of a siamux connection agree on: the smaller of both wishes, within bounds that
// either end refuses to leave. Format: two little-endian u32, bytes and milliseconds.

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <array>
#include <chrono>

namespace siahub::sia::mux {

constexpr std::size_t kTagSize = 16;
constexpr std::size_t kFrameHeaderSize = 8;

struct Settings {
    // Hosts never agree to more than this.
    std::uint32_t packet_size = 4320;
    std::chrono::milliseconds max_timeout = std::chrono::minutes(20);

    // Plain bytes in a packet, and those of them that a frame can carry when it fills one.
    [[nodiscard]] std::size_t block_size() const { return packet_size - kTagSize; }
    [[nodiscard]] std::size_t max_payload() const { return block_size() - kFrameHeaderSize; }
    bool operator==(const Settings&) const = default;
};

constexpr std::size_t kSettingsSize = 8;

std::array<std::byte, kSettingsSize> encode(const Settings& settings);
Settings decode_settings(std::span<const std::byte, kSettingsSize> bytes);
// invalid_argument when the outcome is out of bounds.
Result<Settings> agree(const Settings& ours, const Settings& theirs);

}  // namespace siahub::sia::mux
