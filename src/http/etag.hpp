#pragma once
// Conditional requests (RFC 9110 §13). Entity tags are given with their quotes: "abc" or W/"abc".

#include <string_view>

namespace siahub::http {

// Whether an If-None-Match value names `etag` (weak comparison) or is "*": answer 304 to GET and
// HEAD.
[[nodiscard]] bool if_none_match(std::string_view header, std::string_view etag);

// Whether a Range is to be honoured: no If-Range, or one that equals `etag` (strong comparison). A
// date never matches, which is always safe.
[[nodiscard]] bool if_range_allows(std::string_view header, std::string_view etag);

}  // namespace siahub::http
