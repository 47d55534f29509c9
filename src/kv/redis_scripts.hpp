#pragma once
// What runs inside Redis, where it is atomic. docs/formats/redis.md describes keys and values.

#include "kv/redis_client.hpp"

namespace siahub::kv {

// KEYS[1] bucket; ARGV: requests, window in ms, how many tokens at most.
// -> tokens taken (0: refused), whole tokens left, ms until the next one or a full bucket.
extern const RedisScript kTakeTokens;
// KEYS[1] -> value or nil, ms that it has left.
extern const RedisScript kGetWithTtl;
// KEYS[1] lock; ARGV: token. -> 1 when it was held under that token and is free now, else 0.
extern const RedisScript kReleaseLock;
// KEYS[1] lock; ARGV: token, ms. -> 1 when it is held under that token, from now for that long.
extern const RedisScript kRenewLock;

}  // namespace siahub::kv
