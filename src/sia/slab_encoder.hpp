#pragma once
// From data shards to what hosts store: parity, the shard cipher, and the roots of the sectors. The
// slab is cut across all shards into bands, and within them into rows that stay in a core's cache
// while all three are done to them. Bands are independent: a pool works on several at once.

#include "crypto/reed_solomon.hpp"
#include "sia/ids.hpp"
#include "sia/merkle.hpp"

namespace siahub::sia {

class SlabEncoder {
  public:
    static constexpr std::size_t kBands = 16;

    // `sectors`: all of a slab, each of kSectorSize; the first code.data() are filled. They and the
    // code outlive the encoder.
    SlabEncoder(const ReedSolomon& code, const SecretKey& key,
                std::vector<std::span<std::byte>> sectors);

    // Each below kBands once, in any order and from any thread.
    void encode(std::size_t band);
    // When all bands are encoded.
    [[nodiscard]] std::vector<Hash256> roots() const;

  private:
    void encode_rows(std::size_t offset);

    const ReedSolomon& code_;
    const SecretKey key_;
    const std::vector<std::span<std::byte>> sectors_;
    std::vector<SectorTree> trees_;
};

}  // namespace siahub::sia
