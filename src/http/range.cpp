#include "http/range.hpp"

#include "http/message.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace siahub::http {

namespace {

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// All digits and nothing else. A number beyond 2^64 is as good as the largest one.
std::optional<std::uint64_t> parse_position(std::string_view digits) {
    std::uint64_t value = 0;
    const char* const begin = digits.data();
    const char* const end = begin + digits.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error == std::errc::result_out_of_range && stop == end) return UINT64_MAX;
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

std::optional<RangeSpec> parse_spec(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto left = text.substr(0, dash);
    const auto right = text.substr(dash + 1);
    const RangeSpec spec{parse_position(left), parse_position(right)};
    if (!spec.first && !left.empty()) return std::nullopt;
    if (!spec.last && !right.empty()) return std::nullopt;
    if (!spec.first && !spec.last) return std::nullopt;
    if (spec.first && spec.last && *spec.last < *spec.first) return std::nullopt;
    return spec;
}

std::optional<ByteSpan> satisfy(const RangeSpec& spec, std::uint64_t size) {
    if (!spec.first) {
        const auto length = std::min(*spec.last, size);
        if (length == 0) return std::nullopt;
        return ByteSpan{size - length, length};
    }
    if (*spec.first >= size) return std::nullopt;
    const auto last = std::min(spec.last.value_or(UINT64_MAX), size - 1);
    return ByteSpan{*spec.first, last - *spec.first + 1};
}

}  // namespace

RangeHeader parse_range(std::string_view header, std::size_t max_ranges) {
    header = trim(header);
    if (header.empty()) return {};
    const auto equals = header.find('=');
    if (equals == std::string_view::npos) return {RangeSyntax::malformed, {}};
    if (!equals_ignoring_case(header.substr(0, equals), "bytes")) return {RangeSyntax::ignored, {}};
    RangeHeader range{RangeSyntax::valid, {}};
    std::string_view list = header.substr(equals + 1);
    for (bool last = false; !last;) {
        const auto comma = list.find(',');
        last = comma == std::string_view::npos;
        const auto item = trim(list.substr(0, comma));
        if (!last) list.remove_prefix(comma + 1);
        if (item.empty()) continue;  // empty list elements are allowed (RFC 9110 §5.6.1)
        const auto spec = parse_spec(item);
        if (!spec) return {RangeSyntax::malformed, {}};
        if (range.specs.size() == max_ranges) return {RangeSyntax::ignored, {}};
        range.specs.push_back(*spec);
    }
    if (range.specs.empty()) range.syntax = RangeSyntax::malformed;
    return range;
}

std::vector<ByteSpan> satisfiable(const std::vector<RangeSpec>& specs, std::uint64_t size) {
    std::vector<ByteSpan> spans;
    spans.reserve(specs.size());
    for (const auto& spec : specs)
        if (const auto span = satisfy(spec, size)) spans.push_back(*span);
    return spans;
}

RangeDecision decide_ranges(std::string_view header, std::uint64_t size) {
    using Kind = RangeDecision::Kind;
    const auto range = parse_range(header);
    if (range.syntax != RangeSyntax::valid) return {};
    auto spans = satisfiable(range.specs, size);
    if (spans.empty()) return {Kind::unsatisfied, {}};
    if (spans.size() == 1) return {Kind::single, std::move(spans)};
    std::uint64_t left = size;
    for (const auto& span : spans) {
        if (span.length > left) return {};
        left -= span.length;
    }
    return {Kind::several, std::move(spans)};
}

std::string content_range(ByteSpan span, std::uint64_t size) {
    return fmt::format("bytes {}-{}/{}", span.offset, span.offset + span.length - 1, size);
}

std::string content_range_unsatisfied(std::uint64_t size) {
    return fmt::format("bytes */{}", size);
}

}  // namespace siahub::http
