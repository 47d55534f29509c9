#include "kv/redis_scripts.hpp"

namespace siahub::kv {

// The clock is that of Redis: the hosts of the hub's processes need not agree on the time. A bucket
// expires when it would be full, which is what one that is missing means.
const RedisScript kTakeTokens{R"lua(
local full, window, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local tokens = full
local stored = redis.call('GET', KEYS[1])
if stored then
  local left, at = string.match(stored, '^(%S+) (%S+)$')
  local elapsed = math.max(now - tonumber(at), 0)
  tokens = math.min(full, tonumber(left) + elapsed * full / window)
end
local taken = math.min(wanted, math.floor(tokens))
tokens = tokens - taken
local refill = math.ceil((full - tokens) * window / full)
redis.call('SET', KEYS[1], string.format('%.6f %.0f', tokens, now), 'PX', math.max(refill, 1))
if taken == 0 then refill = math.ceil((1 - tokens) * window / full) end
return {taken, math.floor(tokens), refill}
)lua",
                              "f63b24b1de20e6b76827d81d2202cd6978255149"};

const RedisScript kGetWithTtl{R"lua(
return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}
)lua",
                              "4c1c5320cc80a8bc64d2a333841f5eefa0b0c808"};

const RedisScript kReleaseLock{R"lua(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
)lua",
                               "5cc6d104eee5ae16a86a81093eac2520548f852e"};

const RedisScript kRenewLock{R"lua(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
)lua",
                             "dac977473ed0da5e2a244aca2dc6c00948050dc9"};

}  // namespace siahub::kv
