#pragma once
// Query strings and application/x-www-form-urlencoded bodies (WHATWG URL, "urlencoded parsing"):
// '&' separates, '+' is a space, a malformed percent-escape stands for itself. Never fails; output
// is never longer than input.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siahub::http {

std::string form_decode(std::string_view text);

// The first value of `name`; nullopt when it does not occur. "a" and "a=" both have the value "".
std::optional<std::string> form_value(std::string_view form, std::string_view name);
std::vector<std::string> form_values(std::string_view form, std::string_view name);
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view form);

}  // namespace siahub::http
