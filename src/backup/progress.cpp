#include "backup/progress.hpp"

#include <array>

#include <fmt/format.h>

namespace siahub::backup {

void Progress::begin(std::string_view what, std::uint64_t items, std::uint64_t bytes) {
    what_ = what;
    items_ = items;
    bytes_ = bytes;
    done_items_ = done_bytes_ = 0;
    next_ = std::chrono::steady_clock::now() + kInterval;
}

void Progress::advance(std::uint64_t items, std::uint64_t bytes) {
    done_items_ += items;
    done_bytes_ += bytes;
    if (out_ == nullptr || std::chrono::steady_clock::now() < next_) return;
    next_ = std::chrono::steady_clock::now() + kInterval;
    auto line = fmt::format("{}: {}", what_, done_items_);
    if (items_ != 0) line += fmt::format(" of {}", items_);
    if (done_bytes_ != 0) line += ", " + show_bytes(done_bytes_);
    if (bytes_ != 0) line += " of " + show_bytes(bytes_);
    fmt::print(out_, "{}\n", line);
    std::fflush(out_);
}

std::string show_bytes(std::uint64_t bytes) {
    constexpr std::array units = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} bytes", bytes)
                     : fmt::format("{:.1f} {}", value, units.at(unit));
}

}  // namespace siahub::backup
