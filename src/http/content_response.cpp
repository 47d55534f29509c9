#include "http/content_response.hpp"

#include "http/etag.hpp"
#include "http/file_response.hpp"

#include <deque>

namespace siahub::http {

namespace {

// What the answer consists of: framing text and spans of the content, in order.
struct Piece {
    std::string text;
    std::optional<ByteSpan> span;
};

struct Layout {
    Response response;  // without body
    std::deque<Piece> pieces;
    std::uint64_t length = 0;

    void add(Piece piece) {
        length += piece.text.size() + (piece.span ? piece.span->length : 0);
        pieces.push_back(std::move(piece));
    }
};

Layout lay_out(const ContentFacts& facts, const Request& request) {
    using Kind = RangeDecision::Kind;
    Layout layout;
    auto& [response, pieces, length] = layout;
    response.headers.add("Accept-Ranges", "bytes");
    if (!facts.etag.empty()) response.headers.add("ETag", facts.etag);
    if (!facts.etag.empty() && if_none_match(request.header("If-None-Match"), facts.etag)) {
        response.status = 304;
        return layout;
    }
    const bool ranges =
        request.method == Method::get && if_range_allows(request.header("If-Range"), facts.etag);
    const auto decision =
        decide_ranges(ranges ? request.header("Range") : std::string_view{}, facts.size);
    if (decision.kind == Kind::unsatisfied) {
        response.status = 416;
        response.headers.add("Content-Range", content_range_unsatisfied(facts.size));
        return layout;
    }
    response.status = decision.kind == Kind::whole ? 200 : 206;
    if (decision.kind == Kind::several) {
        const ByteRangesFrame frame(facts.content_type, facts.size);
        response.headers.add("Content-Type", frame.content_type());
        for (const auto span : decision.spans)
            layout.add({frame.part_head(span), span});
        layout.add({frame.tail(), std::nullopt});
        return layout;
    }
    response.headers.add("Content-Type", facts.content_type);
    const auto span =
        decision.kind == Kind::single ? decision.spans.front() : ByteSpan{0, facts.size};
    if (decision.kind == Kind::single)
        response.headers.add("Content-Range", content_range(span, facts.size));
    if (span.length > 0) layout.add({"", span});
    return layout;
}

class PiecesSource final : public BodySource {
  public:
    PiecesSource(std::unique_ptr<ContentOpener> content, std::deque<Piece> pieces)
        : content_(std::move(content)), pieces_(std::move(pieces)) {}

    Task<Result<ByteView>> next() override {
        for (;;) {
            if (open_) {
                const auto bytes = CO_TRY(co_await open_->next());
                if (!bytes.empty()) co_return bytes;
                open_.reset();
            }
            if (pieces_.empty()) co_return ByteView();
            current_ = std::move(pieces_.front());
            pieces_.pop_front();
            if (current_.span) open_ = CO_TRY(co_await content_->open(*current_.span));
            if (!current_.text.empty()) co_return as_bytes(current_.text);
        }
    }

  private:
    std::unique_ptr<ContentOpener> content_;
    std::deque<Piece> pieces_;
    Piece current_;
    std::unique_ptr<BodySource> open_;
};

// A body whose first bytes were read already.
class PrimedSource final : public BodySource {
  public:
    PrimedSource(std::unique_ptr<BodySource> source, ByteView first)
        : source_(std::move(source)), first_(first) {}

    Task<Result<ByteView>> next() override {
        if (const auto first = std::exchange(first_, std::nullopt)) co_return *first;
        co_return co_await source_->next();
    }

  private:
    std::unique_ptr<BodySource> source_;
    std::optional<ByteView> first_;
};

}  // namespace

Task<Result<void>> prime(Response& response) {
    auto* const body = std::get_if<StreamBody>(&response.body);
    if (body == nullptr) co_return Result<void>{};
    const auto first = CO_TRY(co_await body->source->next());
    body->source = std::make_unique<PrimedSource>(std::move(body->source), first);
    co_return Result<void>{};
}

Response bytes_response(std::string content, const ContentFacts& facts, const Request& request) {
    auto layout = lay_out(facts, request);
    if (layout.response.status == 200) {
        layout.response.body = std::move(content);
        return std::move(layout.response);
    }
    std::string body;
    body.reserve(layout.length);
    for (const auto& piece : layout.pieces) {
        body += piece.text;
        if (piece.span) body.append(content, piece.span->offset, piece.span->length);
    }
    layout.response.body = std::move(body);
    return std::move(layout.response);
}

Response stream_response(std::unique_ptr<ContentOpener> content, const ContentFacts& facts,
                         const Request& request) {
    auto layout = lay_out(facts, request);
    if (layout.length == 0) return std::move(layout.response);
    layout.response.body =
        StreamBody{std::make_unique<PiecesSource>(std::move(content), std::move(layout.pieces)),
                   layout.length};
    return std::move(layout.response);
}

}  // namespace siahub::http
