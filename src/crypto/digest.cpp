#include "crypto/digest.hpp"

#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace siahub {

namespace {

void require(int openssl_result) {
    if (openssl_result != 1) throw std::runtime_error("OpenSSL refuses to hash");
}

const EVP_MD* fetch(const char* name) {
    const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
    if (algorithm == nullptr) throw std::runtime_error("OpenSSL refuses to hash");
    return algorithm;
}

// Fetched once: EVP_sha256() only names an algorithm, and OpenSSL 3 then searches its providers at
// every use, which takes longer than hashing a key does.
const EVP_MD* sha1_algorithm() {
    static const EVP_MD* const algorithm = fetch("SHA1");
    return algorithm;
}

const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = fetch("SHA256");
    return algorithm;
}

}  // namespace

namespace detail {

void EvpHasher::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

EvpHasher::EvpHasher(const evp_md_st* algorithm) : context_(EVP_MD_CTX_new()) {
    if (!context_) throw std::bad_alloc();
    require(EVP_DigestInit_ex(context_.get(), algorithm, nullptr));
}

void EvpHasher::update(ByteView bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

void EvpHasher::finish(std::span<std::byte> out) {
    require(
        EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr));
    // Without an algorithm OpenSSL starts the same one again and skips looking it up.
    require(EVP_DigestInit_ex(context_.get(), nullptr, nullptr));
}

}  // namespace detail

Sha1Hasher::Sha1Hasher() : hasher_(sha1_algorithm()) {}

Sha1 Sha1Hasher::finish() {
    Sha1 out;
    hasher_.finish(out);
    return out;
}

Sha256Hasher::Sha256Hasher() : hasher_(sha256_algorithm()) {}

Sha256 Sha256Hasher::finish() {
    Sha256 out;
    hasher_.finish(out);
    return out;
}

Sha1 sha1(ByteView bytes) {
    Sha1 out;
    require(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()),
                       nullptr, sha1_algorithm(), nullptr));
    return out;
}

Sha256 sha256(ByteView bytes) {
    Sha256 out;
    require(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()),
                       nullptr, sha256_algorithm(), nullptr));
    return out;
}

Sha256 hmac_sha256(ByteView key, ByteView message) {
    Sha256 out;
    // OpenSSL takes a null key for "the previous one", so an empty key needs an address.
    static constexpr char kNoKey = 0;
    const void* key_bytes = key.empty() ? static_cast<const void*>(&kNoKey) : key.data();
    const auto* result =
        HMAC(sha256_algorithm(), key_bytes, static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(),
             reinterpret_cast<unsigned char*>(out.data()), nullptr);
    require(result != nullptr ? 1 : 0);
    return out;
}

bool constant_time_equal(ByteView a, ByteView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace siahub
