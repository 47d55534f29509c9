#pragma once
// Two xorbs to plan reconstructions from.

#include "xet/reconstruction.hpp"
#include "xet/test_data.hpp"
#include "xet/xorb_builder.hpp"

#include <gtest/gtest.h>

namespace siahub::xet::test {

// A xorb of random chunks whose records are kept, so that plans can be carried out.
struct Stored {
    XorbIndex index;
    Bytes records;
    Bytes plain;
};

inline Stored stored_xorb(std::size_t chunks, std::uint64_t seed) {
    Stored stored;
    XorbBuilder builder;
    for (std::size_t i = 0; i < chunks; ++i) {
        const auto size = 1 + split_mix(seed) % 200;
        const auto chunk = i % 2 == 0 ? noise(size, seed) : text(size, seed);
        append(stored.records, builder.append(chunk_hash(chunk), chunk));
        append(stored.plain, chunk);
    }
    stored.index = builder.finish();
    return stored;
}

class ReconstructionTest : public ::testing::Test {
  protected:
    const Stored& at(const Hash& xorb) const { return xorb == a_.index.xorb ? a_ : b_; }

    IndexLookup indexes() const {
        return [this](const Hash& xorb) -> const XorbIndex* {
            const auto& stored = at(xorb);
            return stored.index.xorb == xorb ? &stored.index : nullptr;
        };
    }

    Segment segment(const Stored& stored, std::uint32_t start, std::uint32_t end) const {
        return {stored.index.xorb, start, end, stored.index.unpacked_size(start, end)};
    }

    Result<Reconstruction> plan(std::span<const Segment> segments,
                                std::optional<RequestedRange> range = {}) const {
        return plan_reconstruction(TRY(select_segments(segments, range)), indexes());
    }

    Stored a_ = stored_xorb(20, 1);
    Stored b_ = stored_xorb(10, 2);
};

}  // namespace siahub::xet::test
