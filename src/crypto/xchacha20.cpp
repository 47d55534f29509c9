#include "crypto/xchacha20.hpp"

#include "core/random.hpp"
#include "crypto/sodium.hpp"

#include <algorithm>

#include <sodium/crypto_aead_xchacha20poly1305.h>
#include <sodium/crypto_stream_xchacha20.h>

namespace siahub {

namespace {

constexpr std::size_t kBlock = 64, kNonce = 24;

const unsigned char* raw(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* raw(std::span<std::byte> bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace

void xchacha20_xor(const XChaCha20Key& key, const XChaCha20Nonce& nonce, std::uint64_t position,
                   std::span<std::byte> text) {
    detail::start_sodium();
    const auto apply = [&](std::span<std::byte> part, std::uint64_t block) {
        crypto_stream_xchacha20_xor_ic(raw(part), raw(part), part.size(), raw(ByteView(nonce)),
                                       block, raw(ByteView(key)));
    };
    const auto skipped = position % kBlock;
    if (skipped != 0) {
        // The library starts at whole blocks only.
        std::array<std::byte, kBlock> first{};
        const auto size = std::min(text.size(), kBlock - skipped);
        if (size == 0) return;
        std::memcpy(first.data() + skipped, text.data(), size);
        apply(first, position / kBlock);
        std::memcpy(text.data(), first.data() + skipped, size);
        text = text.subspan(size);
        position += size;
    }
    if (!text.empty()) apply(text, position / kBlock);
}

Bytes seal_box(const XChaCha20Key& key, ByteView text) {
    detail::start_sodium();
    Bytes box(kBoxOverhead + text.size());
    fill_random(std::span(box).first(kNonce));
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(std::span(box).subspan(kNonce)), nullptr,
                                               raw(text), text.size(), nullptr, 0, nullptr,
                                               raw(ByteView(box)), raw(ByteView(key)));
    return box;
}

Result<Bytes> open_box(const XChaCha20Key& key, ByteView box) {
    detail::start_sodium();
    if (box.size() < kBoxOverhead)
        return fail(Code::invalid_argument, "A sealed box has at least 40 bytes.");
    Bytes text(box.size() - kBoxOverhead);
    const auto sealed = box.subspan(kNonce);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(std::span(text)), nullptr, nullptr,
                                                   raw(sealed), sealed.size(), nullptr, 0, raw(box),
                                                   raw(ByteView(key))) != 0)
        return fail(Code::invalid_credentials, "A sealed box does not open with this key.");
    return text;
}

}  // namespace siahub
