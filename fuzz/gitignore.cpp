// A path on the first line and the rules of .gitignore below it. Every question ends; a last line
// that names a folder decides about all below it, and nothing brings those back.

#include "core/bytes.hpp"
#include "git/ignore.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = as_chars(std::as_bytes(std::span(data, size)));
    const auto path = input.substr(0, input.find('\n'));
    const std::string text(input.substr(std::min(path.size() + 1, input.size())));
    (void)git::IgnoreRules::parse(text).ignores(path);
    const auto below = "folder/" + std::string(path);
    if (!git::IgnoreRules::parse(text + "\nfolder/\n").ignores(below)) std::abort();
    if (!git::IgnoreRules::parse(text + "\n/folder\n!folder/*\n").ignores(below)) std::abort();
    return 0;
}
