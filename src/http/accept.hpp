#pragma once
// What a client says it takes (RFC 9110 §12.5). Pure; nothing is allocated.

#include <string_view>

namespace siahub::http {

// Whether an Accept-Encoding value names this coding, or "*", and not with q=0.
[[nodiscard]] bool accepts_encoding(std::string_view header, std::string_view coding);

// Whether an Accept value names this media type itself: what a browser that opens a page does and
// programs do not. A wildcard does not count.
[[nodiscard]] bool names_type(std::string_view header, std::string_view type);

}  // namespace siahub::http
