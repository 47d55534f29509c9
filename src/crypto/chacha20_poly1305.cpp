#include "crypto/chacha20_poly1305.hpp"

#include <climits>
#include <stdexcept>

#include <openssl/evp.h>

namespace siahub {

namespace {

void require(bool done) {
    if (!done) throw std::runtime_error("OpenSSL refuses to encrypt");
}

const EVP_CIPHER* algorithm() {
    static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
    require(cipher != nullptr);
    return cipher;
}

const unsigned char* raw(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* raw(std::span<std::byte> bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

int length_of(std::span<std::byte> text) {
    require(text.size() <= INT_MAX);
    return static_cast<int>(text.size());
}

}  // namespace

void ChaCha20Poly1305::Free::operator()(evp_cipher_ctx_st* context) const {
    EVP_CIPHER_CTX_free(context);
}

ChaCha20Poly1305::Context ChaCha20Poly1305::make(const Key& key, bool encrypt) {
    Context context(EVP_CIPHER_CTX_new());
    if (!context) throw std::bad_alloc();
    require(EVP_CipherInit_ex(context.get(), algorithm(), nullptr, raw(ByteView(key)), nullptr,
                              encrypt ? 1 : 0) == 1);
    return context;
}

ChaCha20Poly1305::ChaCha20Poly1305(const Key& key)
    : sealing_(make(key, true)), opening_(make(key, false)) {}

void ChaCha20Poly1305::seal(const Nonce& nonce, std::span<std::byte> text, Tag tag) {
    auto* context = sealing_.get();
    int written = 0;
    require(EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, raw(ByteView(nonce))) == 1);
    if (!text.empty())
        require(EVP_EncryptUpdate(context, raw(text), &written, raw(text), length_of(text)) == 1);
    unsigned char nothing[kTagSize];
    require(EVP_EncryptFinal_ex(context, nothing, &written) == 1);
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()) == 1);
}

bool ChaCha20Poly1305::open(const Nonce& nonce, std::span<std::byte> text, ConstTag tag) {
    auto* context = opening_.get();
    int written = 0;
    std::array<std::byte, kTagSize> expected;
    std::memcpy(expected.data(), tag.data(), expected.size());
    require(EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, raw(ByteView(nonce))) == 1);
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, expected.data()) == 1);
    if (!text.empty() &&
        EVP_DecryptUpdate(context, raw(text), &written, raw(text), length_of(text)) != 1)
        return false;
    unsigned char nothing[kTagSize];
    return EVP_DecryptFinal_ex(context, nothing, &written) == 1;
}

}  // namespace siahub
