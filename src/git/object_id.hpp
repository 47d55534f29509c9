#pragma once
// Ids of git objects: SHA-1 over "<type> <size>\0" and the body. Pure.

#include "core/bytes.hpp"
#include "crypto/digest.hpp"
#include "git/oid.hpp"

#include <cstdint>
#include <string_view>

namespace siahub::git {

// The id of a blob whose bytes arrive in pieces; their total must be the size announced.
class BlobHasher {
  public:
    explicit BlobHasher(std::uint64_t size);
    void update(ByteView bytes) { hasher_.update(bytes); }
    [[nodiscard]] Oid finish();

  private:
    Sha1Hasher hasher_;
};

// `type` is blob, tree or commit.
Oid object_id(std::string_view type, ByteView body);
inline Oid blob_id(ByteView content) {
    return object_id("blob", content);
}

}  // namespace siahub::git
