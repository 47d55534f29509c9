#include "core/ids.hpp"

#include "core/random.hpp"

#include <fmt/format.h>

namespace siahub {

RowId new_row_id(UnixMillis now) {
    constexpr int random_bits = 22;
    std::uint32_t noise = 0;
    fill_random(std::as_writable_bytes(std::span(&noise, 1)));
    return now << random_bits | (noise & ((1U << random_bits) - 1));
}

std::string public_id(RowId id) {
    return fmt::format("{:024x}", static_cast<std::uint64_t>(id));
}

}  // namespace siahub
