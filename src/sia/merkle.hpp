#pragma once
// Merkle trees over sectors: leaves of 64 bytes, leaf = BLAKE2b(0x00 || leaf), node = BLAKE2b(0x01
// || left || right), 65,536 leaves to a sector. A range proof is the roots of the largest aligned
// subtrees beside a range of leaves, those on its left first. Pure functions; hashing a whole
// sector takes milliseconds and belongs on a pool.

#include "sia/ids.hpp"

#include <vector>

namespace siahub::sia {

inline constexpr std::size_t kLeafSize = 64;
inline constexpr std::size_t kSectorSize = std::size_t{4} << 20;
inline constexpr std::size_t kLeavesPerSector = kSectorSize / kLeafSize;

// `sector` holds exactly kSectorSize bytes.
Hash256 sector_root(ByteView sector);

// The root of a sector that is hashed piece by piece, while each is in the cache for other reasons.
// Pieces come in any order, different ones from several threads at once.
class SectorTree {
  public:
    static constexpr std::size_t kPiece = std::size_t{32} << 10;

    SectorTree();
    // The piece that starts at byte `offset`, a multiple of kPiece, of the sector.
    void add(std::size_t offset, ByteView piece);
    // Of a sector all of whose pieces were added.
    [[nodiscard]] Hash256 root() const;

  private:
    std::vector<Hash256> tops_;  // of every piece as many subtrees as hash well side by side
};

// For leaves [begin, end), begin < end <= kLeavesPerSector.
std::size_t range_proof_size(std::size_t begin, std::size_t end);
// Reads the whole sector: for hosts, which means for tests here.
std::vector<Hash256> build_range_proof(ByteView sector, std::size_t begin, std::size_t end);
// `data` are the leaves that start at leaf `begin`. invalid_argument: not what `root` stands for.
Result<void> verify_range_proof(ByteView data, std::size_t begin, std::span<const Hash256> proof,
                                const Hash256& root);

}  // namespace siahub::sia
