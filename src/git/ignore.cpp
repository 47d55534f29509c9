#include "git/ignore.hpp"

#include "git/lines.hpp"

namespace siahub::git {
namespace {

// Spaces at the end do not count, unless a backslash stands before them.
std::string_view trim_end(std::string_view line) {
    std::size_t keep = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == ' ') continue;
        if (line[i] == '\\') ++i;
        if (i == line.size()) return line;
        keep = i + 1;
    }
    return line.substr(0, keep);
}

}  // namespace

IgnoreRules IgnoreRules::parse(std::string_view text) {
    IgnoreRules rules;
    text = without_byte_order_mark(text);
    while (!text.empty()) {
        auto line = take_line(text);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line[0] == '#') continue;
        rules.patterns_.emplace_back(trim_end(line));
    }
    return rules;
}

bool IgnoreRules::excludes(std::string_view path, bool is_directory, Fuel& fuel) const {
    for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern)
        if (pattern->matches(path, is_directory, fuel)) return !pattern->negative();
    return false;
}

bool IgnoreRules::ignores(std::string_view path) const {
    Fuel fuel;
    for (auto slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1))
        if (excludes(path.substr(0, slash), true, fuel)) return true;
    return excludes(path, false, fuel);
}

}  // namespace siahub::git
