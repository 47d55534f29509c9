#include "config/values.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace siahub::config {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::uint64_t kKiB = 1024;
constexpr std::array kSizeUnits = {
    Unit{"TiB", kKiB* kKiB* kKiB* kKiB},
    Unit{"GiB", kKiB* kKiB* kKiB},
    Unit{"MiB", kKiB* kKiB},
    Unit{"KiB", kKiB},
    Unit{"TB", 1'000'000'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"MB", 1'000'000},
    Unit{"KB", 1'000},
    Unit{"B", 1},
};
constexpr std::array kTimeUnits = {Unit{"d", 86400}, Unit{"h", 3600}, Unit{"m", 60}, Unit{"s", 1}};

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

std::optional<std::uint64_t> digits(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

// "12 GiB" with the units of a table; a number without a unit counts ones.
std::optional<std::uint64_t> with_unit(std::string_view text, std::span<const Unit> units) {
    text = trimmed(text);
    std::uint64_t factor = 1;
    for (const auto& unit : units) {
        if (!text.ends_with(unit.name)) continue;
        factor = unit.factor;
        text = trimmed(text.substr(0, text.size() - unit.name.size()));
        break;
    }
    const auto value = digits(text);
    if (!value || *value > std::numeric_limits<std::uint64_t>::max() / factor) return {};
    return *value * factor;
}

std::string show_with(std::uint64_t value, std::span<const Unit> units, std::string_view gap) {
    for (const auto& unit : units)
        if (value != 0 && value % unit.factor == 0)
            return std::to_string(value / unit.factor).append(gap).append(unit.name);
    return std::to_string(value);
}

constexpr std::size_t kBinaryUnits = 4;

}  // namespace

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t min, std::uint64_t max) {
    const auto value = digits(trimmed(text));
    if (value && *value >= min && *value <= max) return *value;
    return fail(Code::invalid_argument,
                "must be a number from " + std::to_string(min) + " to " + std::to_string(max));
}

Result<double> parse_rate(std::string_view text) {
    text = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value) &&
        value >= 0)
        return value;
    return fail(Code::invalid_argument, "must be a number that is not negative");
}

Result<std::uint64_t> parse_size(std::string_view text) {
    if (const auto value = with_unit(text, kSizeUnits)) return *value;
    return fail(Code::invalid_argument, "must be a size, as in 500 MiB or 2 TB");
}

std::string show_size(std::uint64_t bytes) {
    return show_with(bytes, std::span(kSizeUnits).first(kBinaryUnits), " ");
}

Result<std::chrono::seconds> parse_duration(std::string_view text, std::chrono::seconds min,
                                            std::chrono::seconds max) {
    const auto value = with_unit(text, kTimeUnits);
    if (value && *value <= static_cast<std::uint64_t>(max.count()) &&
        *value >= static_cast<std::uint64_t>(min.count()))
        return std::chrono::seconds(*value);
    return fail(Code::invalid_argument, "must be a time from " + show_duration(min) + " to " +
                                            show_duration(max) + ", as in 90s or 15m");
}

std::string show_duration(std::chrono::seconds duration) {
    if (duration.count() == 0) return "0s";
    return show_with(static_cast<std::uint64_t>(duration.count()), kTimeUnits, "");
}

Result<bool> parse_bool(std::string_view text) {
    if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
    if (text == "false" || text == "no" || text == "off" || text == "0") return false;
    return fail(Code::invalid_argument, "must be true or false");
}

std::vector<std::string> parse_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        if (const auto part = trimmed(text.substr(0, comma)); !part.empty())
            parts.emplace_back(part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

}  // namespace siahub::config
