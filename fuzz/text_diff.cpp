// Two texts, separated by the first NUL: their diff has as many lines of each kind as both have
// lines, whatever is in them.

#include "git/text_diff.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto cut = std::min(all.find('\0'), all.size());
    const auto before = all.substr(0, cut);
    const auto after = all.substr(std::min(cut + 1, all.size()));
    const auto diff = siahub::git::unified_diff(before, after, {.context = size % 5, .work = 2000});
    if (diff.empty() != (before == after)) std::abort();
    if (!diff.empty() && (!diff.starts_with("@@ -") || !diff.ends_with('\n'))) std::abort();
    return 0;
}
