// A recovery phrase as an operator types it: what is accepted is the phrase of its entropy.

#include "sia/keys.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto entropy = sia::parse_recovery_phrase(text);
    if (!entropy) return 0;
    const auto again = sia::parse_recovery_phrase(sia::recovery_phrase(*entropy));
    if (!again || *again != *entropy) std::abort();
    return 0;
}
