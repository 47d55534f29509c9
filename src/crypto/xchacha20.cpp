#include "crypto/xchacha20.hpp"

#include "core/random.hpp"
#include "crypto/sodium.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>

#include <openssl/evp.h>
#include <sodium/crypto_aead_xchacha20poly1305.h>
#include <sodium/crypto_core_hchacha20.h>

namespace siahub {

namespace {

constexpr std::size_t kBlock = 64, kNonce = 24;

const unsigned char* raw(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* raw(std::span<std::byte> bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

void require(bool done) {
    if (!done) throw std::runtime_error("OpenSSL refuses to encrypt");
}

const EVP_CIPHER* chacha20() {
    static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20", nullptr);
    require(cipher != nullptr);
    return cipher;
}

// XChaCha20 under one nonce is ChaCha20 under a key made of the nonce's first 16 bytes, with the
// last eight as nonce and a counter of 64 bits. libsodium makes the key; the stream is OpenSSL's,
// whose code uses wider vectors. OpenSSL's counter has 32 bits: no call goes past its end.
class Stream {
  public:
    Stream(const XChaCha20Key& key, const XChaCha20Nonce& nonce)
        : nonce_(nonce), context_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
        if (!context_) throw std::bad_alloc();
        crypto_core_hchacha20(key_.data(), raw(ByteView(nonce)), raw(ByteView(key)), nullptr);
    }

    void apply(std::uint64_t block, std::span<std::byte> text) {
        constexpr std::uint64_t most = std::uint64_t{1} << 24, counters = std::uint64_t{1} << 32;
        while (!text.empty()) {
            const auto blocks = std::min(most, counters - block % counters);
            const auto part = text.first(std::min<std::uint64_t>(text.size(), blocks * kBlock));
            apply_within(block, part);
            text = text.subspan(part.size());
            block += blocks;
        }
    }

  private:
    void apply_within(std::uint64_t block, std::span<std::byte> text) {
        std::array<std::byte, 16> start;
        store_le(start.data(), block);
        std::memcpy(start.data() + 8, nonce_.data() + 16, 8);
        int written = 0;
        require(EVP_EncryptInit_ex(context_.get(), chacha20(), nullptr, key_.data(),
                                   raw(ByteView(start))) == 1);
        require(EVP_EncryptUpdate(context_.get(), raw(text), &written, raw(text),
                                  static_cast<int>(text.size())) == 1);
    }

    const XChaCha20Nonce& nonce_;
    std::array<unsigned char, crypto_core_hchacha20_OUTPUTBYTES> key_;
    std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
};

}  // namespace

void xchacha20_xor(const XChaCha20Key& key, const XChaCha20Nonce& nonce, std::uint64_t position,
                   std::span<std::byte> text) {
    detail::start_sodium();
    if (text.empty()) return;
    Stream stream(key, nonce);
    const auto skipped = position % kBlock;
    if (skipped != 0) {
        // The library starts at whole blocks only.
        std::array<std::byte, kBlock> first{};
        const auto size = std::min(text.size(), kBlock - skipped);
        std::memcpy(first.data() + skipped, text.data(), size);
        stream.apply(position / kBlock, first);
        std::memcpy(text.data(), first.data() + skipped, size);
        text = text.subspan(size);
        position += size;
    }
    stream.apply(position / kBlock, text);
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
