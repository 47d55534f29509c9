#include "http/file_response.hpp"

#include "core/random.hpp"
#include "http/etag.hpp"

#include <fmt/format.h>

namespace siahub::http {

namespace {

Response with_headers(unsigned status, const FileContent& content) {
    Response response;
    response.status = status;
    response.headers.add("Accept-Ranges", "bytes");
    if (!content.etag.empty()) response.headers.add("ETag", content.etag);
    return response;
}

Response unsatisfied(const FileContent& content) {
    Response response = with_headers(416, content);
    response.headers.add("Content-Range", content_range_unsatisfied(content.size));
    return response;
}

Response one_span(unsigned status, const FileContent& content, ByteSpan span) {
    Response response = with_headers(status, content);
    response.headers.add("Content-Type", content.content_type);
    if (status == 206) response.headers.add("Content-Range", content_range(span, content.size));
    FileBody body;
    body.slices.push_back({.prefix = {},
                           .file = content.file,
                           .offset = span.offset,
                           .length = span.length,
                           .parts = content.parts});
    response.body = std::move(body);
    return response;
}

Response several_spans(const FileContent& content, const std::vector<ByteSpan>& spans) {
    const ByteRangesFrame frame(content.content_type, content.size);
    Response response = with_headers(206, content);
    response.headers.add("Content-Type", frame.content_type());
    FileBody body;
    for (const ByteSpan span : spans)
        body.slices.push_back({.prefix = frame.part_head(span),
                               .file = content.file,
                               .offset = span.offset,
                               .length = span.length,
                               .parts = content.parts});
    body.suffix = frame.tail();
    response.body = std::move(body);
    return response;
}

}  // namespace

Response file_response(const FileContent& content, std::string_view range_header) {
    using Kind = RangeDecision::Kind;
    const auto decision = decide_ranges(range_header, content.size);
    switch (decision.kind) {
        case Kind::single:
            return one_span(206, content, decision.spans.front());
        case Kind::several:
            return several_spans(content, decision.spans);
        case Kind::unsatisfied:
            return unsatisfied(content);
        case Kind::whole:
            break;
    }
    return one_span(200, content, {0, content.size});
}

Response file_response(const FileContent& content, const Request& request) {
    if (!content.etag.empty() && if_none_match(request.header("If-None-Match"), content.etag))
        return with_headers(304, content);
    const bool ranges =
        request.method == Method::get && if_range_allows(request.header("If-Range"), content.etag);
    return file_response(content, ranges ? request.header("Range") : std::string_view{});
}

ByteRangesFrame::ByteRangesFrame(std::string content_type, std::uint64_t size)
    : boundary_(random_alphanumeric(32)), part_type_(std::move(content_type)), size_(size) {}

std::string ByteRangesFrame::content_type() const {
    return "multipart/byteranges; boundary=" + boundary_;
}

std::string ByteRangesFrame::part_head(ByteSpan span) const {
    return fmt::format("\r\n--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", boundary_,
                       part_type_, content_range(span, size_));
}

std::string ByteRangesFrame::tail() const {
    return fmt::format("\r\n--{}--\r\n", boundary_);
}

}  // namespace siahub::http
