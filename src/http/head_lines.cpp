#include "http/head_lines.hpp"

namespace siahub::http {

std::optional<std::string_view> flaw_in_lines(std::string_view head) {
    for (std::size_t at = head.find_first_of("\r\n"); at != std::string_view::npos;
         at = head.find_first_of("\r\n", at + 2)) {
        if (head[at] != '\r' || at + 1 >= head.size() || head[at + 1] != '\n')
            return "bare CR or LF in the head";
        if (at + 2 < head.size() && (head[at + 2] == ' ' || head[at + 2] == '\t'))
            return "folded header line";
    }
    if (head.contains('\0')) return "NUL in the head";
    return std::nullopt;
}

}  // namespace siahub::http
