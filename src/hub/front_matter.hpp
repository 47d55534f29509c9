#pragma once
// YAML front matter of a README.md as JSON: the part between two lines of "---", before which blank
// lines may stand (hf_hub_api 1.11). Scalars follow YAML 1.2's core schema. Bounded in size, depth,
// number of values and what aliases expand to. Pure. Errors: invalid_argument with the line.

#include "core/result.hpp"

#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

namespace siahub::hub {

struct FrontMatter {
    std::string_view yaml;
    std::size_t first_line = 0;  // of `yaml` in the README, from 1
};

// nullopt: the README has none. Errors: it is never closed.
Result<std::optional<FrontMatter>> find_front_matter(std::string_view readme);

// An empty object when there is no front matter or it is empty. Errors: not YAML, not a mapping.
Result<boost::json::object> parse_front_matter(std::string_view readme);

}  // namespace siahub::hub
