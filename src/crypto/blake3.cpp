#include "crypto/blake3.hpp"

namespace siahub {

static_assert(BLAKE3_OUT_LEN == 32 && BLAKE3_KEY_LEN == 32);

Blake3::Blake3() {
    blake3_hasher_init(&state_);
}

Blake3::Blake3(const Blake3Key& key) {
    blake3_hasher_init_keyed(&state_, reinterpret_cast<const std::uint8_t*>(key.data()));
}

void Blake3::update(ByteView bytes) {
    blake3_hasher_update(&state_, bytes.data(), bytes.size());
}

Blake3Digest Blake3::digest() const {
    Blake3Digest out;
    blake3_hasher_finalize(&state_, reinterpret_cast<std::uint8_t*>(out.data()), out.size());
    return out;
}

void Blake3::reset() {
    blake3_hasher_reset(&state_);
}

Blake3Digest blake3(ByteView bytes) {
    Blake3 hasher;
    hasher.update(bytes);
    return hasher.digest();
}

Blake3Digest blake3_keyed(const Blake3Key& key, ByteView bytes) {
    Blake3 hasher(key);
    hasher.update(bytes);
    return hasher.digest();
}

}  // namespace siahub
