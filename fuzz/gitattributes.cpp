// A path on the first line and the rules of .gitattributes below it. Every look-up ends, and the
// line that the hub would add for the path makes it an LFS file whatever stands before.

#include "core/bytes.hpp"
#include "git/attributes.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = as_chars(std::as_bytes(std::span(data, size)));
    const auto path = input.substr(0, input.find('\n'));
    const auto text = input.substr(std::min(path.size() + 1, input.size()));
    const auto rules = git::Attributes::parse(text);
    const auto filter = rules.lookup(path, "filter");
    const bool lfs = filter.state == git::AttributeValue::State::value && filter.value == "lfs";
    if (lfs != rules.is_lfs(path)) std::abort();

    if (path.empty() || path.starts_with('/') || path.ends_with('/')) return 0;
    const auto line = git::lfs_attribute_line(path);
    const auto with_line = git::Attributes::parse(std::string(text) + "\n" + line);
    if (line.size() < 2048 && !with_line.is_lfs(path)) std::abort();
    return 0;
}
