#pragma once
// How to rebuild a file, or a byte range of it, from xorbs: which chunk runs in which order, and
// which byte ranges of which xorb bodies hold them. Pure and deterministic: clients that refresh an
// expired URL ask again and expect the same ranges at the same places. No xorb body is touched.
//
// Two steps, so that the caller loads only the indexes it needs: select_segments() uses the lengths
// of the segments alone; plan_reconstruction() then needs the index of every xorb in the selection.
// Errors: range_not_satisfiable for a range that starts at or past the end or makes no sense;
// internal when a recipe and an index disagree (the store is damaged).

#include "core/result.hpp"
#include "xet/shard.hpp"
#include "xet/xorb_index.hpp"

#include <optional>

namespace siahub::xet {

// A single range as HTTP states it: bytes=first-last, bytes=first-, bytes=-last.
struct RequestedRange {
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> last;
};

// The bytes of the file that are wanted and the segments they touch. Refers to the caller's
// segments.
struct Selection {
    std::span<const Segment> segments;
    ByteSpan bytes;                   // of the file
    std::uint64_t skip_in_first = 0;  // bytes.start minus where the first segment starts
};

Result<Selection> select_segments(std::span<const Segment> segments,
                                  const std::optional<RequestedRange>& range);

struct FetchRange {
    std::uint32_t chunk_start = 0;
    std::uint32_t chunk_end = 0;
    ByteSpan bytes;  // of the stored records

    friend bool operator==(const FetchRange&, const FetchRange&) = default;
};

struct XorbFetch {
    Hash xorb;
    std::vector<FetchRange> ranges;  // rising, neither touching nor overlapping

    friend bool operator==(const XorbFetch&, const XorbFetch&) = default;
};

struct Reconstruction {
    std::uint64_t offset_into_first_range = 0;
    std::uint64_t length = 0;      // bytes wanted
    std::vector<Segment> terms;    // whole chunks only, in file order
    std::vector<XorbFetch> xorbs;  // in the order of first use

    friend bool operator==(const Reconstruction&, const Reconstruction&) = default;
};

Result<Reconstruction> plan_reconstruction(const Selection& selection, const IndexLookup& indexes);

struct BatchFile {
    Hash file;
    std::vector<Segment> terms;
};

struct BatchReconstruction {
    std::vector<BatchFile> files;
    std::vector<XorbFetch> xorbs;  // merged over all files
};

// Whole files only. A file that occurs twice is planned once.
Result<BatchReconstruction> plan_batch(std::span<const BatchFile> files,
                                       const IndexLookup& indexes);

}  // namespace siahub::xet
