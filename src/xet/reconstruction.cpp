#include "xet/reconstruction.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

namespace siahub::xet {

namespace {

Failure unsatisfiable(std::uint64_t size) {
    return fail(Code::range_not_satisfiable,
                fmt::format("The range is not within the {} bytes of the file", size));
}

// The half-open range that a request means in a file of this size.
Result<ByteSpan> resolve(const std::optional<RequestedRange>& range, std::uint64_t size) {
    if (!range) return ByteSpan{0, size};
    const auto [first, last] = *range;
    if (!first && !last) return unsatisfiable(size);
    if (!first) {
        if (*last == 0) return unsatisfiable(size);
        return ByteSpan{size - std::min(size, *last), size};
    }
    if (last && *last < *first) return unsatisfiable(size);
    // An empty file has no byte to start at; its clients still ask from 0 and expect an empty
    // recipe.
    if (*first >= size && !(*first == 0 && size == 0)) return unsatisfiable(size);
    return ByteSpan{*first, last && *last < size ? *last + 1 : size};
}

// Which chunk ranges of which xorbs are needed, in the order of first use.
class FetchPlanner {
  public:
    explicit FetchPlanner(const IndexLookup& indexes) : indexes_(indexes) {}

    Result<const XorbIndex*> index_of(const Segment& segment);
    void need(const Segment& term);
    Result<std::vector<XorbFetch>> finish();

  private:
    using ChunkRange = std::pair<std::uint32_t, std::uint32_t>;
    struct Need {
        Hash xorb;
        std::vector<ChunkRange> chunks;
    };

    const IndexLookup& indexes_;
    std::unordered_map<Hash, std::size_t> place_;
    std::vector<Need> needs_;
};

Result<const XorbIndex*> FetchPlanner::index_of(const Segment& segment) {
    const auto* index = indexes_(segment.xorb);
    if (index == nullptr) {
        return fail(Code::internal,
                    fmt::format("Xorb {} of a stored file is missing", segment.xorb.hex()));
    }
    if (!index->has_range(segment.chunk_start, segment.chunk_end) ||
        index->unpacked_size(segment.chunk_start, segment.chunk_end) != segment.unpacked_length) {
        return fail(Code::internal,
                    fmt::format("A stored file and its xorb {} disagree", segment.xorb.hex()));
    }
    return index;
}

void FetchPlanner::need(const Segment& term) {
    const auto [at, is_new] = place_.try_emplace(term.xorb, needs_.size());
    if (is_new) needs_.push_back({term.xorb, {}});
    needs_[at->second].chunks.emplace_back(term.chunk_start, term.chunk_end);
}

Result<std::vector<XorbFetch>> FetchPlanner::finish() {
    std::vector<XorbFetch> fetches;
    fetches.reserve(needs_.size());
    for (auto& need : needs_) {
        const auto* index = indexes_(need.xorb);
        if (index == nullptr) return fail(Code::internal, "A xorb index vanished while planning");
        XorbFetch fetch{need.xorb, {}};
        std::ranges::sort(need.chunks);
        for (const auto& [start, end] : need.chunks) {
            if (!fetch.ranges.empty() && start <= fetch.ranges.back().chunk_end) {
                auto& open = fetch.ranges.back();
                open.chunk_end = std::max(open.chunk_end, end);
            } else {
                fetch.ranges.push_back({start, end, {}});
            }
        }
        for (auto& range : fetch.ranges) {
            range.bytes = index->physical_range(range.chunk_start, range.chunk_end);
        }
        fetches.push_back(std::move(fetch));
    }
    return fetches;
}

// Drops whole chunks before byte `from` and from byte `to` on (both within the segment).
Segment trimmed(const Segment& segment, const XorbIndex& index, std::uint64_t from,
                std::uint64_t to) {
    const auto base = index.unpacked_start(segment.chunk_start);
    Segment term = segment;
    term.chunk_start = index.chunk_at(base + static_cast<std::uint32_t>(from));
    term.chunk_end = index.chunk_at(base + static_cast<std::uint32_t>(to - 1)) + 1;
    term.unpacked_length = index.unpacked_size(term.chunk_start, term.chunk_end);
    return term;
}

}  // namespace

Result<Selection> select_segments(std::span<const Segment> segments,
                                  const std::optional<RequestedRange>& range) {
    std::uint64_t size = 0;
    for (const auto& segment : segments)
        size += segment.unpacked_length;
    Selection selection;
    selection.bytes = TRY(resolve(range, size));
    std::uint64_t start = 0;
    std::size_t first = 0;
    while (first < segments.size() &&
           start + segments[first].unpacked_length <= selection.bytes.start) {
        start += segments[first++].unpacked_length;
    }
    selection.skip_in_first = selection.bytes.start - start;
    auto last = first;
    while (last < segments.size() && start < selection.bytes.end) {
        start += segments[last++].unpacked_length;
    }
    selection.segments = segments.subspan(first, last - first);
    return selection;
}

Result<Reconstruction> plan_reconstruction(const Selection& selection, const IndexLookup& indexes) {
    Reconstruction plan;
    plan.length = selection.bytes.size();
    plan.terms.reserve(selection.segments.size());
    FetchPlanner planner(indexes);
    auto skip = selection.skip_in_first;
    auto left = plan.length;
    for (const auto& segment : selection.segments) {
        const auto& index = *TRY(planner.index_of(segment));
        const auto to = std::min<std::uint64_t>(segment.unpacked_length, skip + left);
        const auto term = trimmed(segment, index, skip, to);
        if (plan.terms.empty()) {
            plan.offset_into_first_range = skip - (index.unpacked_start(term.chunk_start) -
                                                   index.unpacked_start(segment.chunk_start));
        }
        planner.need(term);
        plan.terms.push_back(term);
        left -= to - skip;
        skip = 0;
    }
    plan.xorbs = TRY(planner.finish());
    return plan;
}

Result<BatchReconstruction> plan_batch(std::span<const BatchFile> files,
                                       const IndexLookup& indexes) {
    BatchReconstruction plan;
    FetchPlanner planner(indexes);
    std::unordered_set<Hash> seen;
    for (const auto& file : files) {
        if (!seen.insert(file.file).second) continue;
        for (const auto& term : file.terms) {
            TRY(planner.index_of(term));
            planner.need(term);
        }
        plan.files.push_back(file);
    }
    plan.xorbs = TRY(planner.finish());
    return plan;
}

}  // namespace siahub::xet
