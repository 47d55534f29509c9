#include "sia/slab_encoder.hpp"

#include "sia/cipher.hpp"

namespace siahub::sia {

namespace {

constexpr std::size_t kRows = SectorTree::kPiece;
constexpr std::size_t kBand = kSectorSize / SlabEncoder::kBands;
static_assert(kBand % kRows == 0);

}  // namespace

SlabEncoder::SlabEncoder(const ReedSolomon& code, const SecretKey& key,
                         std::vector<std::span<std::byte>> sectors)
    : code_(code), key_(key), sectors_(std::move(sectors)), trees_(sectors_.size()) {}

void SlabEncoder::encode(std::size_t band) {
    for (std::size_t at = 0; at < kBand; at += kRows)
        encode_rows(band * kBand + at);
}

void SlabEncoder::encode_rows(std::size_t offset) {
    std::vector<ByteView> data;
    std::vector<std::span<std::byte>> parity;
    for (const auto& sector : sectors_) {
        const auto rows = sector.subspan(offset, kRows);
        if (data.size() < code_.data())
            data.emplace_back(rows);
        else
            parity.push_back(rows);
    }
    code_.encode(data, parity);
    for (std::size_t i = 0; i < sectors_.size(); ++i) {
        const auto rows = sectors_[i].subspan(offset, kRows);
        apply_shard_cipher(key_, i, offset, rows);
        trees_[i].add(offset, rows);
    }
}

std::vector<Hash256> SlabEncoder::roots() const {
    std::vector<Hash256> roots;
    roots.reserve(trees_.size());
    for (const auto& tree : trees_)
        roots.push_back(tree.root());
    return roots;
}

}  // namespace siahub::sia
