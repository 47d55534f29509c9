#include "crypto/blake2b.hpp"

#include "crypto/sodium.hpp"

namespace siahub {

namespace {

const unsigned char* raw(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

constexpr std::size_t kBlock = 128;

Blake2bDigest hmac_pass(const std::array<std::byte, kBlock>& key, std::byte pad, ByteView message) {
    auto padded = key;
    for (auto& byte : padded)
        byte ^= pad;
    Blake2b hasher;
    hasher.update(padded);
    hasher.update(message);
    return hasher.finish();
}

}  // namespace

Blake2b::Blake2b() {
    detail::start_sodium();
    start();
}

void Blake2b::start() {
    crypto_generichash_blake2b_init(&state_, nullptr, 0, sizeof(Blake2bDigest));
}

void Blake2b::update(ByteView bytes) {
    if (!bytes.empty()) crypto_generichash_blake2b_update(&state_, raw(bytes), bytes.size());
}

Blake2bDigest Blake2b::finish() {
    Blake2bDigest out;
    crypto_generichash_blake2b_final(&state_, reinterpret_cast<unsigned char*>(out.data()),
                                     out.size());
    start();
    return out;
}

Blake2bDigest blake2b_256(ByteView bytes) {
    detail::start_sodium();
    Blake2bDigest out;
    crypto_generichash_blake2b(reinterpret_cast<unsigned char*>(out.data()), out.size(), raw(bytes),
                               bytes.size(), nullptr, 0);
    return out;
}

Blake2bDigest hmac_blake2b(ByteView key, ByteView message) {
    std::array<std::byte, kBlock> block{};
    if (key.size() > block.size()) {
        const auto digest = blake2b_256(key);
        std::memcpy(block.data(), digest.data(), digest.size());
    } else if (!key.empty()) {
        std::memcpy(block.data(), key.data(), key.size());
    }
    const auto inner = hmac_pass(block, std::byte{0x36}, message);
    return hmac_pass(block, std::byte{0x5c}, inner);
}

}  // namespace siahub
