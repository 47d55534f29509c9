// The "{rev}/{path}" part of a URL.

#include "cas/revision.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto readings =
        cas::readings_of(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!readings) return 0;
    if (readings->size() > 5) std::abort();
    for (const auto& reading : *readings)
        if (reading.revision.size() + reading.path.size() > size) std::abort();
    return 0;
}
