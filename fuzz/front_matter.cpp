// Front matter of a README: whatever parses is JSON that can be written and read again, and no card
// makes the check or the tags fail.

#include "hub/front_matter.hpp"

#include "hub/cards.hpp"

#include <cstdlib>

#include <boost/json.hpp>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_chars(std::as_bytes(std::span(data, size)));
    const auto report = hub::validate_card(text, hub::RepoKind::model);
    const auto card = hub::parse_front_matter(text);
    if (!card && report.errors.empty()) std::abort();
    if (!card) return 0;
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 128;
    const auto again = boost::json::parse(boost::json::serialize(*card), error, {}, options);
    if (error || !again.is_object()) std::abort();
    for (const auto& tag : hub::card_tags(*card, hub::RepoKind::dataset))
        if (tag.empty()) std::abort();
    return 0;
}
