// The pointer text of git-lfs: one text per pointer.

#include "git/lfs_pointer.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span(data, size));
    const auto pointer = git::parse_lfs_pointer(input);
    if (pointer && git::encode_lfs_pointer(*pointer) != as_chars(input)) std::abort();
    return 0;
}
