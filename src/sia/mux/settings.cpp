#include "sia/mux/settings.hpp"

#include <algorithm>

namespace siahub::sia::mux {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kSmallestPacket = 1220;
constexpr std::uint32_t kLargestPacket = 32768;
constexpr std::chrono::milliseconds kShortestTimeout = 2min;
constexpr std::chrono::milliseconds kLongestTimeout = 2h;

}  // namespace

std::array<std::byte, kSettingsSize> encode(const Settings& settings) {
    std::array<std::byte, kSettingsSize> out;
    store_le(out.data(), settings.packet_size);
    store_le(out.data() + 4, static_cast<std::uint32_t>(settings.max_timeout.count()));
    return out;
}

Settings decode_settings(std::span<const std::byte, kSettingsSize> bytes) {
    return {.packet_size = load_le<std::uint32_t>(bytes.data()),
            .max_timeout = std::chrono::milliseconds(load_le<std::uint32_t>(bytes.data() + 4))};
}

Result<Settings> agree(const Settings& ours, const Settings& theirs) {
    const Settings both{.packet_size = std::min(ours.packet_size, theirs.packet_size),
                        .max_timeout = std::min(ours.max_timeout, theirs.max_timeout)};
    if (both.packet_size < kSmallestPacket || both.packet_size > kLargestPacket)
        return fail(Code::invalid_argument,
                    "The peer asks for packets of " + std::to_string(both.packet_size) + " bytes.");
    if (both.max_timeout < kShortestTimeout || both.max_timeout > kLongestTimeout)
        return fail(Code::invalid_argument, "The peer asks for a timeout of " +
                                                std::to_string(both.max_timeout.count()) + " ms.");
    return both;
}

}  // namespace siahub::sia::mux
