// Queries and forms: the ways to read one agree with each other.
#include "http/etag.hpp"
#include "http/query.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <tuple>

using namespace siahub::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view form(reinterpret_cast<const char*>(data), size);
    if (form_decode(form).size() > size) std::abort();
    std::size_t bytes = 0;
    for (const auto& [name, value] : parse_form(form)) {
        bytes += name.size() + value.size();
        const auto first = form_value(form, name);
        const auto all = form_values(form, name);
        if (!first || all.empty() || *first != all.front()) std::abort();
    }
    if (bytes > size) std::abort();
    std::ignore = if_none_match(form, "\"tag\"");
    return 0;
}
