#pragma once
// Where chunks seen lately lie, for dedup within one ingest. Bounded: two generations of entries,
// the older forgotten when the younger is full (about 1 GiB of file each).

#include "xet/hash.hpp"

#include <optional>
#include <unordered_map>

namespace siahub::store {

struct ChunkPlace {
    std::uint32_t xorb = 0;  // the ingest's own numbering
    std::uint32_t chunk = 0;
};

class ChunkPlaces {
  public:
    void add(const xet::Hash& chunk, ChunkPlace place) {
        if (young_.size() >= kGeneration) {
            old_ = std::move(young_);
            young_.clear();
        }
        young_.insert_or_assign(chunk, place);
    }

    [[nodiscard]] std::optional<ChunkPlace> find(const xet::Hash& chunk) const {
        for (const auto* generation : {&young_, &old_})
            if (const auto found = generation->find(chunk); found != generation->end())
                return found->second;
        return std::nullopt;
    }

  private:
    static constexpr std::size_t kGeneration = 8192;
    std::unordered_map<xet::Hash, ChunkPlace> young_;
    std::unordered_map<xet::Hash, ChunkPlace> old_;
};

}  // namespace siahub::store
