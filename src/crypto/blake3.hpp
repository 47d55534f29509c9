#pragma once
// BLAKE3 with 32 bytes of output, plain and keyed (BLAKE3 paper, section 2.6), over the C
// implementation that picks the widest vector code of the CPU at run time. A Blake3 is a value of
// about 2 KiB that belongs to one thread; nothing here fails.

#include "core/bytes.hpp"

#include <array>

#include <blake3.h>

namespace siahub {

using Blake3Digest = std::array<std::byte, 32>;
using Blake3Key = std::array<std::byte, 32>;

class Blake3 {
  public:
    Blake3();
    explicit Blake3(const Blake3Key& key);

    void update(ByteView bytes);
    // The digest of everything since construction or reset(); more may be added afterwards.
    [[nodiscard]] Blake3Digest digest() const;
    // Back to the start, with the same key.
    void reset();

  private:
    blake3_hasher state_;
};

Blake3Digest blake3(ByteView bytes);
Blake3Digest blake3_keyed(const Blake3Key& key, ByteView bytes);

}  // namespace siahub
