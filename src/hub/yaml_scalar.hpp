#pragma once
// What a plain scalar of YAML means in the core schema of YAML 1.2 (chapter 10.3): null, boolean,
// integer, floating point or else text. "no" and "yes" are text; infinity and not-a-number, which
// JSON has not, stay text.

#include <string_view>

#include <boost/json/value.hpp>

namespace siahub::hub {

boost::json::value resolve_plain_scalar(std::string_view text);

}  // namespace siahub::hub
