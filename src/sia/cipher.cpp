#include "sia/cipher.hpp"

#include "crypto/xchacha20.hpp"

#include <algorithm>

namespace siahub::sia {

namespace {

// Version 0 takes a new nonce where a block counter of 32 bits would end.
constexpr std::uint64_t kBytesPerNonce = 64 * 0xffffffffULL;

void apply_version_0(const SecretKey& data_key, std::uint64_t position, std::span<std::byte> text) {
    while (!text.empty()) {
        const auto within = position % kBytesPerNonce;
        const auto size = std::min<std::uint64_t>(text.size(), kBytesPerNonce - within);
        XChaCha20Nonce nonce{};
        store_le<std::uint64_t>(nonce.data() + 16, position / kBytesPerNonce);
        xchacha20_xor(data_key.bytes, nonce, within, text.first(size));
        text = text.subspan(size);
        position += size;
    }
}

}  // namespace

void apply_shard_cipher(const SecretKey& slab_key, std::size_t shard, std::uint64_t offset,
                        std::span<std::byte> text) {
    XChaCha20Nonce nonce{};
    nonce[0] = static_cast<std::byte>(shard);
    xchacha20_xor(slab_key.bytes, nonce, offset, text);
}

void apply_object_cipher(const SecretKey& data_key, const CipherPosition& position,
                         std::span<std::byte> text) {
    if (position.slab_version == 0) return apply_version_0(data_key, position.in_object, text);
    XChaCha20Nonce nonce;
    std::memcpy(nonce.data(), position.slab_key.bytes.data(), nonce.size());
    xchacha20_xor(data_key.bytes, nonce, position.in_slab, text);
}

}  // namespace siahub::sia
