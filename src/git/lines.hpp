#pragma once
// Takes a text apart into lines as git does with its rule files: without a byte order mark, and a
// NUL ends the line it is in.

#include <string_view>

namespace siahub::git {

inline std::string_view without_byte_order_mark(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

// Removes the next line from `text` and returns it without its end.
inline std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line.substr(0, line.find('\0'));
}

}  // namespace siahub::git
