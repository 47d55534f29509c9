#pragma once
// The numbers of the Xet formats that several files of this layer (and its users) check against.

#include <cstddef>
#include <cstdint>

namespace siahub::xet {

inline constexpr std::size_t kTargetChunk = 64 * 1024;
inline constexpr std::size_t kMinChunk = 8 * 1024;
inline constexpr std::size_t kMaxChunk = 128 * 1024;        // uncompressed
inline constexpr std::size_t kMaxStoredChunk = 256 * 1024;  // payload of a record
inline constexpr std::size_t kChunkHeader = 8;

inline constexpr std::size_t kMaxXorbChunks = 8192;
// Counted in uncompressed bytes by the Rust client and in stored bytes by the JS client.
inline constexpr std::size_t kMaxXorb = 64 * 1024 * 1024;
inline constexpr std::size_t kMaxXorbRecords = kMaxXorb + kMaxXorbChunks * kChunkHeader;
// The largest legal request body: incompressible records and a version 1 footer.
inline constexpr std::size_t kMaxXorbBody = kMaxXorbRecords + 92 + 40 * kMaxXorbChunks + 4;

inline constexpr std::size_t kMaxShardBody = 64 * 1024 * 1024;

}  // namespace siahub::xet
