#pragma once
// Range and Content-Range (RFC 9110 §14). Parsing keeps apart what the standard wants ignored from
// what the Xet protocol wants refused; pure functions, allocations bounded by the header's length.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::http {

// "first-last", "first-" (no last) or "-last" (no first: the final `last` bytes).
struct RangeSpec {
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> last;
};

enum class RangeSyntax {
    absent,
    ignored,    // another unit than bytes, or more ranges than `max_ranges`
    malformed,  // RFC 9110 says ignore as well
    valid,
};

struct RangeHeader {
    RangeSyntax syntax = RangeSyntax::absent;
    std::vector<RangeSpec> specs;  // not empty when valid
};

constexpr std::size_t kMaxRanges = 512;

RangeHeader parse_range(std::string_view header, std::size_t max_ranges = kMaxRanges);

struct ByteSpan {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;  // at least 1
    bool operator==(const ByteSpan&) const = default;
};

// The part of every range that a representation of `size` bytes has, in the order asked for. Empty:
// none can be satisfied.
std::vector<ByteSpan> satisfiable(const std::vector<RangeSpec>& specs, std::uint64_t size);

// What to answer for a representation of `size` bytes.
struct RangeDecision {
    enum class Kind {
        whole,        // 200
        single,       // 206 with Content-Range
        several,      // 206 multipart/byteranges
        unsatisfied,  // 416
    };
    Kind kind = Kind::whole;
    std::vector<ByteSpan> spans;  // one for single, more for several
};

// Ranges that together ask for more than the whole are answered with the whole: overlapping ranges
// must not make a small request expensive.
RangeDecision decide_ranges(std::string_view header, std::uint64_t size);

std::string content_range(ByteSpan span, std::uint64_t size);  // "bytes 0-4/10"
std::string content_range_unsatisfied(std::uint64_t size);     // "bytes */10"

}  // namespace siahub::http
