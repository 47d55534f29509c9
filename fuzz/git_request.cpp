// What a git client sends: lines of its protocol, or a gzip stream of them. Reading ends, and a
// request that is understood says nothing of more objects than it has lines.
#include "git/gunzip.hpp"
#include "git/upload_pack.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kMost = 1UL << 20;
    const auto bytes = std::as_bytes(std::span(data, size));
    if (const auto text = git::gunzip(bytes, kMost); text && text->size() > kMost) std::abort();
    const auto command = git::parse_upload_pack(as_chars(bytes));
    if (!command) return 0;
    if (const auto* fetch = std::get_if<git::Fetch>(&*command)) {
        const auto objects = fetch->wants.size() + fetch->haves.size() + fetch->shallow.size();
        if (objects * 2 * git::Oid::kSize > size || fetch->depth < 0) std::abort();
    }
    return 0;
}
