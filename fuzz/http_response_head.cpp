// Response heads: what is accepted must be one unambiguous answer.
#include "http/head.hpp"
#include "http/response_parser.hpp"

#include <cstdlib>

using namespace siahub::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto end = find_head_end(bytes, 0);
    if (end == std::string_view::npos) return 0;
    const auto head = parse_response_head(bytes.substr(0, end));
    if (!head) {
        if (!head.error().message.starts_with("malformed answer")) std::abort();
        return 0;
    }
    if (head->status < 100 || head->status > 599) std::abort();
    if (head->chunked && (head->content_length || head->headers.find("content-length")))
        std::abort();
    if (head->content_length && head->headers.find("transfer-encoding")) std::abort();
    for (const auto& [name, value] : head->headers.all())
        if (name.empty() || value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
            std::abort();
    return 0;
}
