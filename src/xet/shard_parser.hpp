#pragma once
// Reads an uploaded shard from front to back. Both forms in the field are accepted: without footer
// (Rust) and with one (JS, caches), which is neither needed nor believed. Counts are checked
// against the bytes that are left before anything is allocated, so memory stays within a small
// multiple of the body. Structure only: whether the shard tells the truth is shard_verifier.hpp.
// Malformed bytes are invalid_argument, a body above 64 MiB is payload_too_large. Format:
// docs/formats/shard.md.

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "xet/shard.hpp"

namespace siahub::xet {

Result<Shard> parse_shard(ByteView body);

}  // namespace siahub::xet
