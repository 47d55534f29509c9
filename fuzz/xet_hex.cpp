// The text form of a hash: what parses prints back as the same digits in lower case.

#include "xet/hash.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_chars(std::as_bytes(std::span(data, size)));
    const auto hash = xet::parse_hash(text);
    if (!hash) return 0;
    std::string lower(text);
    for (auto& c : lower)
        c = static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c);
    if (hash->hex() != lower) std::abort();
    return 0;
}
