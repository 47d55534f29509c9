#pragma once
// The shard of a file that holds "Hello World!", as the tests of reading and of refusing start
// from.

#include "crypto/digest.hpp"
#include "xet/shard.hpp"
#include "xet/test_data.hpp"

namespace siahub::xet::test {

inline Shard hello_shard() {
    const auto chunk = chunk_hash(as_bytes("Hello World!"));
    ShardFile file{
        .file = hash_of("a9dae0ad88b060bdd7e7c87abdcf95b132c95a0414b06d4f6beb68d287b87165"),
        .segments = {{chunk, 0, 1, 12}},
        .verification = {hash_of(
            "89cb63458e98cb4c75be6b50a5a7b7234b82f05d5348e6925fb71aaf5dc3862b")},
        .has_verification = true,
        .sha256 = sha256(as_bytes("Hello World!"))};
    return {{file}, {{chunk, 12, 20, {{chunk, 12, false}}}}};
}

}  // namespace siahub::xet::test
