#pragma once
// YAML 1.2 (core schema) to JSON, over libyaml's events. Foreign input: bounded in size, depth and
// in what it expands to by aliases. Merge keys ("<<") are resolved; a key given twice is an error.
// Pure. Errors: invalid_argument "… in line N".

#include "core/result.hpp"

#include <string_view>

#include <boost/json/value.hpp>

namespace siahub::hub {

inline constexpr std::size_t kMaxYamlSize = 1024 * 1024;

// `first_line` is what the first line of `text` counts as in messages. Null for an empty document.
Result<boost::json::value> parse_yaml(std::string_view text, std::size_t first_line = 1);

}  // namespace siahub::hub
