// A sealed object, from indexd's binary form or our own database: what is accepted is written again
// byte for byte, and a stranger's key opens none.

#include "sia/sealed_object.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Ed25519PrivateKey stranger{Ed25519Seed{std::byte{99}}};
    const auto input = std::as_bytes(std::span(data, size));
    const auto object = sia::decode_sealed_object(input);
    if (!object) return 0;
    if (sia::encode(*object) != Bytes(input.begin(), input.end())) std::abort();
    if (sia::open(*object, stranger)) std::abort();
    return 0;
}
