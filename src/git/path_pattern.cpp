#include "git/path_pattern.hpp"

namespace siahub::git {
namespace {

constexpr std::string_view kWildcards = "*?[\\";

bool is_plain(std::string_view text) {
    return text.find_first_of(kWildcards) == std::string_view::npos;
}

}  // namespace

PathPattern::PathPattern(std::string_view text) {
    if (text.starts_with('!')) {
        negative_ = true;
        text.remove_prefix(1);
    }
    if (text.ends_with('/')) {
        only_directories_ = true;
        text.remove_suffix(1);
    }
    by_last_part_ = !text.contains('/');
    if (text.starts_with('/')) text.remove_prefix(1);
    if (is_plain(text)) {
        prefix_ = text;
        return;
    }
    if (by_last_part_) {
        how_ = text[0] == '*' && is_plain(text.substr(1)) ? How::suffix : How::glob;
        if (how_ == How::suffix)
            prefix_ = text.substr(1);
        else
            rest_.emplace(text, false);
        return;
    }
    // Git compares the plain beginning first and then takes what follows for a pattern of its own,
    // so that the stars of "a**/b" count as being at the start of a pattern.
    how_ = How::glob;
    prefix_ = text.substr(0, text.find_first_of(kWildcards));
    rest_.emplace(text.substr(prefix_.size()), true);
}

bool PathPattern::matches(std::string_view path, bool is_directory, Fuel& fuel) const {
    if (fuel.steps == 0 || (only_directories_ && !is_directory)) return false;
    --fuel.steps;
    const auto subject = by_last_part_ ? last_part(path) : path;
    switch (how_) {
        case How::literal:
            return subject == prefix_;
        case How::suffix:
            return subject.ends_with(prefix_);
        case How::glob:
            break;
    }
    return subject.starts_with(prefix_) && rest_->matches(subject.substr(prefix_.size()), fuel);
}

}  // namespace siahub::git
