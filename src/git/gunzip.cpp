#include "git/gunzip.hpp"

#include <array>
#include <memory>
#include <vector>

#include <isa-l/igzip_lib.h>

namespace siahub::git {

Result<std::string> gunzip(ByteView compressed, std::size_t most) {
    std::vector<std::byte> input(compressed.begin(), compressed.end());
    const auto state = std::make_unique<inflate_state>();
    isal_inflate_init(state.get());
    state->crc_flag = ISAL_GZIP;
    state->next_in = reinterpret_cast<std::uint8_t*>(input.data());
    state->avail_in = static_cast<std::uint32_t>(input.size());
    std::string text;
    std::array<std::byte, 16UL * 1024> out{};
    while (state->block_state != ISAL_BLOCK_FINISH) {
        state->next_out = reinterpret_cast<std::uint8_t*>(out.data());
        state->avail_out = static_cast<std::uint32_t>(out.size());
        const auto outcome = isal_inflate(state.get());
        const auto made = out.size() - state->avail_out;
        if (outcome != ISAL_DECOMP_OK || (made == 0 && state->block_state != ISAL_BLOCK_FINISH))
            return fail(Code::invalid_argument, "The body is no gzip stream");
        if (text.size() + made > most)
            return fail(Code::payload_too_large, "The body is too large once it is unpacked");
        text.append(as_chars(ByteView(out).first(made)));
    }
    return text;
}

}  // namespace siahub::git
