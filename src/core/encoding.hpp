#pragma once
// Text forms of bytes: hex, base64 (RFC 4648; standard and URL alphabets) and percent-encoding
// (RFC 3986). Decoders are strict and bound their output by their input.

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace siahub {

std::string to_hex(ByteView bytes);
// Fills `out` from exactly 2 * out.size() hex digits of either case; false on anything else.
[[nodiscard]] bool from_hex(std::string_view hex, std::span<std::byte> out);

std::string to_base64(ByteView bytes);
std::string to_base64url(ByteView bytes);             // without padding
Result<Bytes> from_base64(std::string_view text);     // padded, no white space
Result<Bytes> from_base64url(std::string_view text);  // without padding

// Leaves RFC 3986 unreserved characters and those in `keep` as they are.
std::string percent_encode(std::string_view text, std::string_view keep = "");
// '+' stays a plus. A malformed escape is an error.
Result<std::string> percent_decode(std::string_view text);

[[nodiscard]] bool is_valid_utf8(std::string_view text);

}  // namespace siahub
