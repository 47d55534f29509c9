// The decoder of Sia's binary encoding, driven by the first half of the input over the second:
// views lie in the input, and after the first failure nothing but zeros comes out.

#include "sia/encoding.hpp"

#include <cstdlib>

using namespace siahub;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool is_nothing(sia::Decoder& in, unsigned operation) {
    switch (operation % 10) {
        case 0:
            return in.u8() == 0;
        case 1:
            return !in.boolean();
        case 2:
            return in.u32() == 0;
        case 3:
            return in.u64() == 0;
        case 4:
            return in.currency() == sia::Currency{};
        case 5:
            return in.specifier().empty();
        case 6:
            return in.hash().is_zero();
        case 7:
            return in.signature().is_zero();
        case 8:
            return in.count(3, 1000) == 0;
        default:
            return in.bytes().empty();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span(data, size));
    const auto program = input.first(size / 2), text = input.subspan(size / 2);
    sia::Decoder in(text, "The input");
    std::size_t left = text.size();
    for (const auto operation : program) {
        const bool failed = !in.ok();
        const bool nothing = is_nothing(in, std::to_integer<unsigned>(operation));
        require(!failed || (nothing && !in.ok()));
        require(in.remaining() <= left);
        left = in.remaining();
    }
    require(in.finish().has_value() == (in.ok() && left == 0));
    return 0;
}
