#include "sia/merkle.hpp"

#include "crypto/blake2b_lanes.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace siahub::sia {

namespace {

constexpr std::byte kLeafPrefix{0}, kNodePrefix{1};

static_assert(sizeof(Hash256) == 32);

std::span<std::byte> bytes_of(std::span<Hash256> hashes) {
    return std::as_writable_bytes(hashes);
}

// The parents of neighbours, in place: the first half of `nodes`.
std::span<Hash256> parents(std::span<Hash256> nodes) {
    const auto half = nodes.first(nodes.size() / 2);
    blake2b_each(kNodePrefix, bytes_of(nodes), bytes_of(half));
    return half;
}

Hash256 parent(const Hash256& left, const Hash256& right) {
    Hash256 pair[2] = {left, right};
    return parents(pair)[0];
}

constexpr std::size_t kTops = 8;

// The root of a power of two of leaves. Digests of a piece are folded while they are in the cache,
// down to as many as fill the lanes of one call.
Hash256 subtree_root(ByteView leaves) {
    constexpr std::size_t kPiece = 1024;
    const auto count = leaves.size() / kLeafSize, piece = std::min(count, kPiece);
    std::array<Hash256, kPiece> buffer;
    std::vector<Hash256> tops;
    for (std::size_t at = 0; at < count; at += piece) {
        auto nodes = std::span(buffer).first(piece);
        blake2b_each(kLeafPrefix, leaves.subspan(at * kLeafSize, piece * kLeafSize),
                     bytes_of(nodes));
        while (nodes.size() > kTops)
            nodes = parents(nodes);
        tops.insert(tops.end(), nodes.begin(), nodes.end());
    }
    auto nodes = std::span(tops);
    while (nodes.size() > 1)
        nodes = parents(nodes);
    return nodes[0];
}

// The largest aligned power of two of leaves that starts at `at` and does not pass `limit`.
std::size_t next_subtree(std::size_t at, std::size_t limit) {
    const auto fits = std::bit_floor(limit - at);
    return at == 0 ? fits : std::min(at & (~at + 1), fits);
}

// Joins the roots of neighbouring subtrees, from left to right, into the root of the whole.
class Accumulator {
  public:
    void add(Hash256 root, std::size_t leaves) {
        while (!trees_.empty() && trees_.back().leaves == leaves) {
            root = parent(trees_.back().root, root);
            trees_.pop_back();
            leaves *= 2;
        }
        trees_.push_back({root, leaves});
    }
    [[nodiscard]] const Hash256& root() const { return trees_.back().root; }

  private:
    struct Tree {
        Hash256 root;
        std::size_t leaves;
    };
    std::vector<Tree> trees_;
};

void require_range(std::size_t begin, std::size_t end) {
    if (begin >= end || end > kLeavesPerSector)
        throw std::logic_error("a range of leaves lies in a sector and is not empty");
}

}  // namespace

Hash256 sector_root(ByteView sector) {
    if (sector.size() != kSectorSize) throw std::logic_error("a sector has 4 MiB");
    return subtree_root(sector);
}

SectorTree::SectorTree() : tops_(kSectorSize / kPiece * kTops) {}

void SectorTree::add(std::size_t offset, ByteView piece) {
    if (piece.size() != kPiece || offset % kPiece != 0 || offset >= kSectorSize)
        throw std::logic_error("a sector has whole pieces");
    std::array<Hash256, kPiece / kLeafSize> buffer;
    std::span<Hash256> nodes(buffer);
    blake2b_each(kLeafPrefix, piece, bytes_of(nodes));
    while (nodes.size() > kTops)
        nodes = parents(nodes);
    std::ranges::copy(nodes, tops_.begin() + static_cast<std::ptrdiff_t>(offset / kPiece * kTops));
}

Hash256 SectorTree::root() const {
    auto tops = tops_;
    auto nodes = std::span(tops);
    while (nodes.size() > 1)
        nodes = parents(nodes);
    return nodes[0];
}

std::size_t range_proof_size(std::size_t begin, std::size_t end) {
    require_range(begin, end);
    std::size_t size = 0;
    for (std::size_t at = 0; at < begin; at += next_subtree(at, begin))
        ++size;
    for (std::size_t at = end; at < kLeavesPerSector; at += next_subtree(at, kLeavesPerSector))
        ++size;
    return size;
}

std::vector<Hash256> build_range_proof(ByteView sector, std::size_t begin, std::size_t end) {
    require_range(begin, end);
    if (sector.size() != kSectorSize) throw std::logic_error("a sector has 4 MiB");
    std::vector<Hash256> proof;
    const auto add = [&](std::size_t from, std::size_t to) {
        for (std::size_t at = from, size = 0; at < to; at += size) {
            size = next_subtree(at, to);
            proof.push_back(subtree_root(sector.subspan(at * kLeafSize, size * kLeafSize)));
        }
    };
    add(0, begin);
    add(end, kLeavesPerSector);
    return proof;
}

Result<void> verify_range_proof(ByteView data, std::size_t begin, std::span<const Hash256> proof,
                                const Hash256& root) {
    const auto leaves = data.size() / kLeafSize;
    if (data.size() % kLeafSize != 0 || leaves == 0 || leaves > kLeavesPerSector ||
        begin > kLeavesPerSector - leaves)
        return fail(Code::invalid_argument, "The data is not a range of a sector's leaves.");
    const auto end = begin + leaves;
    if (proof.size() != range_proof_size(begin, end))
        return fail(Code::invalid_argument, "The range proof has the wrong length.");
    Accumulator tree;
    const auto take = [&](std::size_t from, std::size_t to, bool from_data) {
        for (std::size_t at = from, size = 0; at < to; at += size) {
            size = next_subtree(at, to);
            if (from_data)
                tree.add(subtree_root(data.subspan((at - begin) * kLeafSize, size * kLeafSize)),
                         size);
            else {
                tree.add(proof.front(), size);
                proof = proof.subspan(1);
            }
        }
    };
    take(0, begin, false);
    take(begin, end, true);
    take(end, kLeavesPerSector, false);
    if (tree.root() != root)
        return fail(Code::invalid_argument, "The data does not belong to the sector's root.");
    return {};
}

}  // namespace siahub::sia
