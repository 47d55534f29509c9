#include "core/random.hpp"

#include "core/encoding.hpp"

#include <array>
#include <system_error>

#include <sys/random.h>

namespace siahub {

void fill_random(std::span<std::byte> out) {
    while (!out.empty()) {
        const auto n = ::getrandom(out.data(), out.size(), 0);
        if (n < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
        out = out.subspan(static_cast<std::size_t>(n));
    }
}

std::string random_alphanumeric(std::size_t length) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    constexpr unsigned fair = 256 / 62 * 62;  // larger bytes would favour the first letters
    std::string out;
    while (out.size() < length) {
        std::array<std::byte, 64> pool{};
        fill_random(pool);
        for (const std::byte b : pool) {
            const auto value = std::to_integer<unsigned>(b);
            if (value < fair && out.size() < length) out.push_back(alphabet[value % 62]);
        }
    }
    return out;
}

std::string random_id() {
    std::array<std::byte, 16> bytes{};
    fill_random(bytes);
    return to_hex(bytes);
}

}  // namespace siahub
