#include "hub/yaml_scalar.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace siahub::hub {
namespace {

namespace json = boost::json;

template <class Number>
std::optional<Number> parse_whole(std::string_view text, int base) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<json::value> parse_prefixed(std::string_view text) {
    const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
    if (base == 0 || text.contains('-')) return std::nullopt;
    if (const auto number = parse_whole<std::uint64_t>(text.substr(2), base))
        return json::value(*number);
    return std::nullopt;
}

bool looks_like_number(std::string_view text) {
    bool digit = false;
    for (const char c : text) {
        if (c >= '0' && c <= '9')
            digit = true;
        else if (c != '.' && c != 'e' && c != 'E' && c != '+' && c != '-')
            return false;
    }
    return digit;
}

std::optional<json::value> parse_decimal(std::string_view text) {
    if (!looks_like_number(text)) return std::nullopt;
    if (text.front() == '+') text.remove_prefix(1);
    if (text.empty() || text.front() == '+' || text.starts_with("e")) return std::nullopt;
    if (const auto number = parse_whole<std::int64_t>(text, 10)) return json::value(*number);
    if (const auto number = parse_whole<std::uint64_t>(text, 10)) return json::value(*number);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return json::value(number);
}

}  // namespace

json::value resolve_plain_scalar(std::string_view text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return nullptr;
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    if (auto number = parse_prefixed(text)) return std::move(*number);
    if (auto number = parse_decimal(text)) return std::move(*number);
    return json::string(text);
}

}  // namespace siahub::hub
