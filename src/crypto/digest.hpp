#pragma once
// SHA-1 (git ids), SHA-256 (LFS ids, key digests), HMAC-SHA256 (signed URLs, tokens) and comparison
// in constant time, over OpenSSL's EVP. A hasher belongs to one thread. OpenSSL refusing to hash
// means a broken installation and throws; nothing else fails.

#include "core/bytes.hpp"

#include <array>
#include <memory>

struct evp_md_ctx_st;
struct evp_md_st;

namespace siahub {

using Sha1 = std::array<std::byte, 20>;
using Sha256 = std::array<std::byte, 32>;

namespace detail {
class EvpHasher {
  public:
    explicit EvpHasher(const evp_md_st* algorithm);
    void update(ByteView bytes);
    void finish(std::span<std::byte> out);

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};
}  // namespace detail

class Sha1Hasher {
  public:
    Sha1Hasher();
    void update(ByteView bytes) { hasher_.update(bytes); }
    // The digest; the hasher then starts anew.
    [[nodiscard]] Sha1 finish();

  private:
    detail::EvpHasher hasher_;
};

class Sha256Hasher {
  public:
    Sha256Hasher();
    void update(ByteView bytes) { hasher_.update(bytes); }
    // The digest; the hasher then starts anew.
    [[nodiscard]] Sha256 finish();

  private:
    detail::EvpHasher hasher_;
};

Sha1 sha1(ByteView bytes);
Sha256 sha256(ByteView bytes);
Sha256 hmac_sha256(ByteView key, ByteView message);

// Takes the same time wherever the first difference is. Unequal lengths are unequal at once:
// lengths are not secret.
[[nodiscard]] bool constant_time_equal(ByteView a, ByteView b);

}  // namespace siahub
