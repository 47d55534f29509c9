#pragma once
// Content-defined chunking with the gear hash, cut for cut as the official clients do it (target
// 64 KiB, 8..128 KiB). The server uses it only for bytes that arrive without chunks (LFS); uploads
// through Xet may be cut differently and are accepted. Format: docs/formats/hashes.md.

#include "core/bytes.hpp"
#include "xet/hash.hpp"

#include <optional>

namespace siahub::xet {

class Chunker {
  public:
    // Takes bytes of `piece` up to the next cut and returns how many they are; the rest of the
    // piece is to be fed again. Without a cut the whole piece is taken and the answer is empty.
    // Bytes after the last cut are the last chunk of the stream.
    [[nodiscard]] std::optional<std::size_t> next_cut(ByteView piece);
    // Bytes taken since the last cut.
    [[nodiscard]] std::size_t pending() const { return length_; }
    void reset();

  private:
    std::uint64_t gear_ = 0;
    std::size_t length_ = 0;
};

// Whether clients ask the global dedup index about this chunk (besides the first chunk of a file).
[[nodiscard]] bool is_dedup_eligible(const Hash& chunk);

}  // namespace siahub::xet
