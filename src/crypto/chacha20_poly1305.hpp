#pragma once
// ChaCha20-Poly1305 with a 12-byte nonce and no associated data (RFC 8439), in place, over OpenSSL,
// which is the fastest of the libraries on packets of a few KiB. One object holds one key and
// belongs to one thread. Using a nonce twice is the caller's mistake to avoid.

#include "core/bytes.hpp"

#include <array>
#include <memory>

struct evp_cipher_ctx_st;

namespace siahub {

class ChaCha20Poly1305 {
  public:
    static constexpr std::size_t kTagSize = 16;
    using Key = std::array<std::byte, 32>;
    using Nonce = std::array<std::byte, 12>;
    using Tag = std::span<std::byte, kTagSize>;
    using ConstTag = std::span<const std::byte, kTagSize>;

    explicit ChaCha20Poly1305(const Key& key);

    // Encrypts `text` where it is and writes its tag.
    void seal(const Nonce& nonce, std::span<std::byte> text, Tag tag);
    // Decrypts `text` where it is. False: somebody changed it, and what is there now is worthless.
    [[nodiscard]] bool open(const Nonce& nonce, std::span<std::byte> text, ConstTag tag);

  private:
    struct Free {
        void operator()(evp_cipher_ctx_st* context) const;
    };
    using Context = std::unique_ptr<evp_cipher_ctx_st, Free>;
    static Context make(const Key& key, bool encrypt);

    Context sealing_, opening_;
};

}  // namespace siahub
