// What a snapshot of the catalogue on Sia says about itself: the first byte chooses between a note
// and a list, whose checksum is then right.

#include "backup/remote_format.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto input = std::as_bytes(std::span(data, size)).subspan(1);
    if (data[0] % 2 == 0) {
        const auto note = backup::parse_remote_note(input);
        if (note && backup::parse_remote_note(encode(*note)) != note) std::abort();
        return 0;
    }
    Bytes whole(input.begin(), input.end());
    append(whole, blake3(input));
    const auto list = backup::parse_remote_list(whole);
    if (list && backup::parse_remote_list(encode(*list)) != *list) std::abort();
    return 0;
}
