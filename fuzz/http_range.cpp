// Range headers: every span lies inside, whatever was asked for. The first eight bytes are the
// size.
#include "http/range.hpp"

#include <cstdlib>
#include <cstring>

using namespace siahub::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::uint64_t total = 0;
    if (size < sizeof total) return 0;
    std::memcpy(&total, data, sizeof total);
    const std::string_view header(reinterpret_cast<const char*>(data) + sizeof total,
                                  size - sizeof total);
    const auto range = parse_range(header);
    if (range.specs.size() > kMaxRanges || range.specs.size() > header.size()) std::abort();
    if (range.syntax == RangeSyntax::valid && range.specs.empty()) std::abort();
    const auto decision = decide_ranges(header, total);
    std::uint64_t sum = 0;
    for (const auto span : decision.spans) {
        if (span.length == 0 || span.offset >= total || span.length > total - span.offset)
            std::abort();
        if (decision.kind == RangeDecision::Kind::several && (sum += span.length) > total)
            std::abort();
        if (content_range(span, total).empty()) std::abort();
    }
    return 0;
}
