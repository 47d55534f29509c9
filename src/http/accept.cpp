#include "http/accept.hpp"

#include "http/message.hpp"

#include <algorithm>
#include <optional>

namespace siahub::http {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view take_until(std::string_view& text, char end) {
    const auto at = std::min(text.find(end), text.size());
    const auto part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return trimmed(part);
}

// "0", "0.", "0.000": the weights that refuse.
bool is_zero(std::string_view weight) {
    return weight.starts_with('0') && weight.find_first_not_of("0.") == std::string_view::npos;
}

bool is_refused(std::string_view parameters) {
    while (!parameters.empty()) {
        const auto parameter = take_until(parameters, ';');
        if (parameter.size() > 2 && equals_ignoring_case(parameter.substr(0, 2), "q="))
            return is_zero(trimmed(parameter.substr(2)));
    }
    return false;
}

// Whether `word` is taken; nullopt when the list does not name it.
std::optional<bool> verdict(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        auto entry = take_until(list, ',');
        const auto name = take_until(entry, ';');
        if (equals_ignoring_case(name, word)) return !is_refused(entry);
    }
    return std::nullopt;
}

}  // namespace

bool accepts_encoding(std::string_view header, std::string_view coding) {
    if (const auto named = verdict(header, coding)) return *named;
    return verdict(header, "*").value_or(false);
}

bool names_type(std::string_view header, std::string_view type) {
    return verdict(header, type).value_or(false);
}

}  // namespace siahub::http
