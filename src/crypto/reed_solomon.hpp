#pragma once
// Systematic Reed-Solomon erasure coding over GF(2^8) as Sia does it, over ISA-L's kernels: the
// matrix is a Vandermonde matrix (row r: powers of r) multiplied by the inverse of its top square.
// Shards are cut into slices that fit the cache together, so memory is read once. Immutable and
// thread-safe; wrong counts and sizes are bugs and throw. Heavy: belongs on a pool.

#include "core/bytes.hpp"

namespace siahub {

class ReedSolomon {
  public:
    // 1 <= data < total <= 256.
    ReedSolomon(std::size_t data, std::size_t total);

    [[nodiscard]] std::size_t data() const { return data_; }
    [[nodiscard]] std::size_t total() const { return total_; }

    // Writes all parity shards. Everything has one size.
    void encode(std::span<const ByteView> data, std::span<const std::span<std::byte>> parity) const;

    struct Source {
        std::size_t index = 0;  // below total()
        ByteView bytes;
    };
    struct Target {
        std::size_t index = 0;  // below total(), and no source
        std::span<std::byte> bytes;
    };
    // Rebuilds shards from any data() different ones.
    void rebuild(std::span<const Source> sources, std::span<const Target> targets) const;

    // Coefficients of a shard in terms of the data shards.
    [[nodiscard]] std::span<const unsigned char> row(std::size_t shard) const;

  private:
    std::size_t data_, total_;
    std::vector<unsigned char> matrix_;         // total x data
    std::vector<unsigned char> parity_tables_;  // ISA-L's expansion of the parity rows
};

}  // namespace siahub
