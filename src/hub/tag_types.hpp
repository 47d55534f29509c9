#pragma once
// What kind of thing a tag of a card names. Most say it themselves ("license:mit",
// "dataset:squad"); of the plain ones tasks and libraries are known by the names that the Hub has
// for them, two letters are a language. Pure.

#include <string_view>

namespace siahub::hub {

// "pipeline_tag", "library", "license", "language", "dataset", what stands before the colon of
// others, or "other".
std::string_view tag_type(std::string_view tag);

// Without the name of its type: "mit" of "license:mit".
std::string_view tag_label(std::string_view tag);

}  // namespace siahub::hub
