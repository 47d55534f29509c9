// A range of a sector with its proof, as a host sends them: two bytes of position, one of the
// number of proof hashes, the hashes, the data. Nothing that the fuzzer finds can belong to this
// root.

#include "sia/merkle.hpp"

#include <algorithm>
#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const auto input = std::as_bytes(std::span(data, size));
    const auto begin =
        std::size_t{load_le<std::uint16_t>(input.data())} * 2;  // beyond the end, too
    auto rest = input.subspan(3);
    std::vector<sia::Hash256> proof(std::min<std::size_t>(data[2], rest.size() / 32));
    for (auto& hash : proof) {
        std::memcpy(hash.bytes.data(), rest.data(), 32);
        rest = rest.subspan(32);
    }
    sia::Hash256 root;
    root.bytes.fill(std::byte{0xa5});
    if (sia::verify_range_proof(rest, begin, proof, root)) std::abort();
    return 0;
}
