#pragma once
// What no head may contain, be it a request's or a response's: line ends that another parser could
// see differently, folded lines (RFC 9112 §5.2), NUL. Pure.

#include <optional>
#include <string_view>

namespace siahub::http {

// The flaw, or nothing.
std::optional<std::string_view> flaw_in_lines(std::string_view head);

}  // namespace siahub::http
