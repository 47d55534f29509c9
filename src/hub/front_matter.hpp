#pragma once
// YAML front matter of a README.md: the part between two lines of "---", before which blank lines
// may stand (hf_hub_api 1.11). Pure. Errors: invalid_argument with the line in the README.

#include "core/result.hpp"

#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

namespace siahub::hub {

struct FrontMatter {
    std::string_view yaml;
    std::size_t first_line = 0;  // of `yaml` in the README, from 1
};

// nullopt: the README has none. A "---" that is never closed is a horizontal rule.
std::optional<FrontMatter> find_front_matter(std::string_view readme);

// An empty object when there is no front matter or it is empty. Errors: not YAML, not a mapping.
Result<boost::json::object> parse_front_matter(std::string_view readme);

}  // namespace siahub::hub
