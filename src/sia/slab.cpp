#include "sia/slab.hpp"

#include "crypto/blake2b.hpp"
#include "sia/encoding.hpp"

#include <cmath>

namespace siahub::sia {

namespace {

constexpr double kHostIsUp = 0.75, kSlabIsReadable = 0.9999;

double readable_probability(Redundancy redundancy) {
    const auto n = static_cast<double>(redundancy.total);
    double sum = 0;
    for (std::size_t up = redundancy.data; up <= redundancy.total; ++up) {
        const auto k = static_cast<double>(up);
        // lgamma_r: the plain one writes a global.
        int sign = 0;
        const double ways =
            lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
        sum += std::exp(ways + k * std::log(kHostIsUp) + (n - k) * std::log1p(-kHostIsUp));
    }
    return sum;
}

std::string name_of(Redundancy redundancy) {
    return std::to_string(redundancy.data) + " of " + std::to_string(redundancy.total) + " shards ";
}

}  // namespace

Hash256 slab_id(const Slab& slab) {
    Encoder out;
    if (slab.version > 0) out.u8(slab.version);
    out.u64(slab.min_shards);
    out.fixed(slab.key);
    for (const auto& sector : slab.sectors)
        out.fixed(sector.root);
    return {blake2b_256(out.view())};
}

Hash256 object_id(std::span<const SlabSlice> slabs) {
    Encoder out;
    for (const auto& slice : slabs) {
        out.fixed(slab_id(slice.slab));
        out.u64(std::uint64_t{slice.offset} << 32 | slice.length);
    }
    return {blake2b_256(out.view())};
}

Result<void> check_redundancy(Redundancy redundancy) {
    const auto refuse = [&](const std::string& why) {
        return fail(Code::invalid_argument, name_of(redundancy) + why);
    };
    if (redundancy.data == 0) return refuse("hold nothing.");
    if (redundancy.total > 256) return refuse("are more than 256.");
    if (2 * redundancy.total < 3 * redundancy.data)
        return refuse("are too few: at least 1.5 times the data shards are needed.");
    if (redundancy.total > 4 * redundancy.data)
        return refuse("are too many: at most 4 times the data shards are allowed.");
    if (readable_probability(redundancy) < kSlabIsReadable)
        return refuse(
            "are too few: with every fourth host down, a slab must be readable in 9999 "
            "of 10000 cases.");
    return {};
}

}  // namespace siahub::sia
