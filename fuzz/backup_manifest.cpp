// The manifest of a backup: one JSON object per input, as if its checksum were right.

#include "backup/manifest.hpp"
#include "core/encoding.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    (void)backup::parse_manifest(input);
    const auto text = "siahub backup 1\n" + std::string(input) + "\n";
    const auto manifest =
        backup::parse_manifest(text + "blake3 " + to_hex(blake3(as_bytes(text))) + "\n");
    if (manifest && backup::parse_manifest(backup::render_manifest(*manifest)) != *manifest)
        std::abort();
    return 0;
}
