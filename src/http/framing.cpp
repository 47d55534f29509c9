#include "http/framing.hpp"

#include "http/message.hpp"

#include <charconv>

namespace siahub::http {

std::expected<Framing, std::string_view> decide_framing(const FramingFields& fields,
                                                        bool http_1_1) {
    if (fields.codings > 0 && fields.lengths > 0)
        return std::unexpected("both Content-Length and Transfer-Encoding");
    if (fields.codings > 0) {
        if (fields.codings > 1 || !http_1_1 || !equals_ignoring_case(fields.coding, "chunked"))
            return std::unexpected("unknown transfer coding");
        return Framing{.chunked = true, .length = {}};
    }
    if (fields.lengths == 0) return Framing{};
    std::uint64_t length = 0;
    const char* const begin = fields.length.data();
    const char* const end = begin + fields.length.size();
    // Takes neither signs nor spaces, and nothing of an empty text.
    const auto [stop, error] = std::from_chars(begin, end, length);
    if (fields.lengths > 1 || error != std::errc{} || stop != end)
        return std::unexpected("malformed Content-Length");
    return Framing{.chunked = false, .length = length};
}

}  // namespace siahub::http
