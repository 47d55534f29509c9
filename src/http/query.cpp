#include "http/query.hpp"

#include <algorithm>

namespace siahub::http {

namespace {

constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

struct Pair {
    std::string_view name;
    std::string_view value;
};

// Takes the next pair off `form`, skipping empty ones; nullopt at the end.
std::optional<Pair> next_pair(std::string_view& form) {
    while (!form.empty()) {
        const auto end = std::min(form.find('&'), form.size());
        const auto text = form.substr(0, end);
        form.remove_prefix(std::min(end + 1, form.size()));
        if (text.empty()) continue;
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) return Pair{text, {}};
        return Pair{text.substr(0, equals), text.substr(equals + 1)};
    }
    return std::nullopt;
}

bool names(std::string_view raw, std::string_view name) {
    if (raw.find_first_of("%+") == std::string_view::npos) return raw == name;
    return form_decode(raw) == name;
}

}  // namespace

std::string form_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low >= 0) {
            out.push_back(static_cast<char>(high << 4 | low));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

std::optional<std::string> form_value(std::string_view form, std::string_view name) {
    while (const auto pair = next_pair(form))
        if (names(pair->name, name)) return form_decode(pair->value);
    return std::nullopt;
}

std::vector<std::string> form_values(std::string_view form, std::string_view name) {
    std::vector<std::string> values;
    while (const auto pair = next_pair(form))
        if (names(pair->name, name)) values.push_back(form_decode(pair->value));
    return values;
}

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view form) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (const auto pair = next_pair(form))
        pairs.emplace_back(form_decode(pair->name), form_decode(pair->value));
    return pairs;
}

}  // namespace siahub::http
