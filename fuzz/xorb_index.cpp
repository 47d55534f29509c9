// The stored form of a xorb's index: what is accepted writes back to the same bytes and answers
// every question about its ranges consistently.

#include "xet/xorb_index.hpp"

#include <cstdlib>

using namespace siahub;
using namespace siahub::xet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto blob = std::as_bytes(std::span(data, size));
    const auto index = XorbIndex::parse({}, blob);
    if (!index) return 0;
    if (!std::ranges::equal(index->serialize(), blob)) std::abort();
    std::uint64_t physical = 0;
    for (std::uint32_t i = 0; i < index->chunk_count(); ++i) {
        physical += index->physical_range(i, i + 1).size();
        if (index->chunk_at(index->unpacked_start(i)) != i) std::abort();
        if (index->chunk_at(index->unpacked_start(i + 1) - 1) != i) std::abort();
    }
    if (physical != index->records_size()) std::abort();
    return 0;
}
