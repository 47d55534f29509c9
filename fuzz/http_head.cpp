// Request heads: what is accepted must be one unambiguous request.
#include "http/head.hpp"

#include <cstdlib>

using namespace siahub::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto end = find_head_end(bytes, 0);
    if (end == std::string_view::npos) return 0;
    RequestHead head;
    const auto parsed = parse_head(bytes.substr(0, end), head);
    if (!parsed) {
        if (parsed.error().status < 400 || parsed.error().status > 505) std::abort();
        return 0;
    }
    if (head.path.empty() || (head.path.front() != '/' && head.path != "*")) std::abort();
    if (head.chunked && head.content_length != 0) std::abort();
    if (head.chunked && head.headers.find("content-length")) std::abort();
    if (head.host.empty() && !head.http_1_0) std::abort();
    for (const auto& [name, value] : head.headers.all())
        if (name.empty() || value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
            std::abort();
    return 0;
}
