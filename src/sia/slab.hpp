#pragma once
// Slabs and how objects lie in them. A slab is `min_shards` sectors of data and the rest of parity,
// each on a host of its own; an object is a list of slices of slabs. Plain values and pure
// functions.

#include "sia/ids.hpp"

#include <vector>

namespace siahub::sia {

struct SlabSector {
    Hash256 root;
    PublicKey host;
    bool operator==(const SlabSector&) const = default;
};

struct Slab {
    // 0: the object cipher counts along the object; 1: along the slab, so that objects can share
    // it.
    std::uint8_t version = 1;
    SecretKey key;
    std::uint8_t min_shards = 0;
    std::vector<SlabSector> sectors;  // in the order of the shards
    bool operator==(const Slab&) const = default;
};

struct SlabSlice {
    Slab slab;
    std::uint32_t offset = 0, length = 0;
    bool operator==(const SlabSlice&) const = default;
};

// Neither hosts nor slices enter the id of a slab: it survives repair.
Hash256 slab_id(const Slab& slab);
Hash256 object_id(std::span<const SlabSlice> slabs);

// How many shards a slab has, and how many of them suffice to read it.
struct Redundancy {
    std::size_t data = 10, total = 30;
    bool operator==(const Redundancy&) const = default;
    [[nodiscard]] std::size_t parity() const { return total - data; }
    [[nodiscard]] std::size_t slab_bytes() const { return data << 22; }
};

// What indexd and the SDKs accept: 1.5 to 4 times the data, at most 256 shards, and at least 99.99
// % certain to be readable when each host is up three quarters of the time. invalid_argument says
// why not.
Result<void> check_redundancy(Redundancy redundancy);

}  // namespace siahub::sia
