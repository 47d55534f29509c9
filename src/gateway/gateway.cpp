#include "gateway/gateway.hpp"

#include "http/content_response.hpp"
#include "http/disposition.hpp"
#include "http/file_response.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::gateway {

namespace {

// As much as an answer needs to begin.
constexpr std::uint64_t kFirstStep = http::FileParts::kPartStep / 32;

http::Response refusal(const Services& services, const http::Request& request, const Error& error) {
    http::Response response;
    switch (error.code) {
        case Code::link_expired:
            response.status = 403;
            break;
        case Code::not_found:
        case Code::invalid_argument:
            response.status = 404;
            break;
        case Code::conflict:
        case Code::unavailable:
        case Code::timeout:
        case Code::connection_closed:
            response.status = 503;
            response.headers.set("Retry-After", "1");
            break;
        default:
            response.status = 500;
            break;
    }
    if (response.status >= 500)
        services.log.error(
            "gateway.failed",
            {{"request_id", request.request_id}, {"path", request.path}, {"cause", error.message}});
    const auto message = response.status == 500 ? "The hub failed to read this" : error.message;
    response.headers.set("X-Error-Message", message);
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = boost::json::serialize(boost::json::object{{"error", message}});
    return response;
}

void allow_caching(http::Response& response) {
    response.headers.set("Cache-Control", "private, immutable, max-age=600");
}

bool within(http::ByteSpan wanted, const std::vector<xet::ByteSpan>& granted) {
    return std::ranges::any_of(granted, [wanted](const xet::ByteSpan& span) {
        return span.start <= wanted.offset && wanted.offset + wanted.length <= span.end;
    });
}

// The ranges that a request asks of a body: without a Range header, those of its URL. Nothing may
// be asked that the URL does not grant.
Result<std::vector<http::ByteSpan>> wanted_spans(const http::Request& request,
                                                 const std::vector<xet::ByteSpan>& granted,
                                                 std::uint64_t size) {
    const auto header = http::parse_range(request.header("Range"));
    std::vector<http::ByteSpan> spans;
    if (header.syntax == http::RangeSyntax::valid) {
        spans = http::satisfiable(header.specs, size);
    } else {
        for (const auto& span : granted)
            spans.push_back({span.start, span.end - span.start});
    }
    if (spans.empty() ||
        !std::ranges::all_of(spans, [&](auto span) { return within(span, granted); }))
        return fail(Code::link_expired, "This link is for other bytes of the object");
    return spans;
}

std::string range_header_of(const std::vector<http::ByteSpan>& spans) {
    std::string header = "bytes=";
    for (const auto& span : spans)
        header += fmt::format("{}{}-{}", header.size() > 6 ? "," : "", span.offset,
                              span.offset + span.length - 1);
    return header;
}

class XorbParts final : public http::FileParts {
  public:
    XorbParts(store::Bodies& bodies, xet::Hash xorb) : bodies_(bodies), xorb_(xorb) {}
    Task<Result<store::SharedFile>> open(std::uint64_t offset, std::uint64_t length) override {
        return bodies_.open(xorb_, {offset, offset + length});
    }

  private:
    store::Bodies& bodies_;
    xet::Hash xorb_;
};

void note_cache(http::Notes& notes, const store::Bodies& bodies, const xet::Hash& xorb,
                const std::vector<http::ByteSpan>& spans) {
    bool all = true;
    for (const auto& span : spans) {
        const auto cached = bodies.cached(xorb, {span.offset, span.offset + span.length});
        if (!cached) return;
        all = all && *cached;
    }
    notes.cache = all ? "hit" : "miss";
}

Failure link_is_outdated() {
    return fail(Code::link_expired, "This object was stored anew; ask for another link");
}

// While an error can still be told: later all one can do is to cut the connection.
Task<Result<void>> probe(store::Bodies& bodies, xet::Hash xorb, http::ByteSpan first,
                         std::span<const xet::ByteSpan> granted) {
    const auto length = std::min(first.length, kFirstStep);
    const xet::ByteSpan bytes{first.offset, first.offset + length};
    const auto opened = co_await bodies.open(xorb, bytes);
    if (opened) co_return Result<void>{};
    if (!store::may_be_outdated(opened.error().code)) co_return Failure(opened.error());
    CO_TRY(co_await bodies.refresh(xorb));
    if (!CO_TRY(co_await bodies.fits(xorb, granted))) co_return link_is_outdated();
    CO_TRY(co_await bodies.open(xorb, bytes));
    co_return Result<void>{};
}

Task<Result<http::Response>> serve_xorb(const Services& services, http::Request& request) {
    const auto xorb = CO_TRY(xet::parse_hash(request.captures[0]));
    const auto granted = CO_TRY(services.urls.check_xorb(xorb, request.query));
    auto& bodies = services.sources.bodies;
    if (!CO_TRY(co_await bodies.fits(xorb, granted))) {
        CO_TRY(co_await bodies.refresh(xorb));
        if (!CO_TRY(co_await bodies.fits(xorb, granted))) co_return link_is_outdated();
    }
    const auto size = CO_TRY(co_await bodies.size(xorb));
    const auto spans = CO_TRY(wanted_spans(request, granted, size));
    note_cache(request.notes, bodies, xorb, spans);
    CO_TRY(co_await probe(bodies, xorb, spans.front(), granted));
    const http::FileContent content{.file = nullptr,
                                    .size = size,
                                    .content_type = "application/octet-stream",
                                    .etag = fmt::format("\"{}\"", xorb.hex()),
                                    .parts = std::make_shared<XorbParts>(bodies, xorb)};
    auto response = http::file_response(content, range_header_of(spans));
    allow_caching(response);
    co_return response;
}

class FileSource final : public http::BodySource {
  public:
    explicit FileSource(std::unique_ptr<store::FileReader> reader) : reader_(std::move(reader)) {}
    Task<Result<ByteView>> next() override { return reader_->next(); }

  private:
    std::unique_ptr<store::FileReader> reader_;
};

class FileOpener final : public http::ContentOpener {
  public:
    FileOpener(store::FileSources sources, xet::Hash file) : sources_(sources), file_(file) {}
    Task<Result<std::unique_ptr<http::BodySource>>> open(http::ByteSpan span) override {
        auto reader = std::make_unique<store::FileReader>(
            sources_, file_, xet::ByteSpan{span.offset, span.offset + span.length});
        co_return std::make_unique<FileSource>(std::move(reader));
    }

  private:
    store::FileSources sources_;
    xet::Hash file_;
};

Task<Result<http::Response>> serve_file(const Services& services, http::Request& request) {
    const auto file = CO_TRY(xet::parse_hash(request.captures[0]));
    const auto grant = CO_TRY(services.urls.check_file(file, request.query));
    request.notes.repo_id = grant.repo;
    const auto info = CO_TRY(co_await services.sources.files.find(grant.repo, file));
    auto response = http::stream_response(std::make_unique<FileOpener>(services.sources, file),
                                          {info.size, grant.content_type, grant.etag}, request);
    if (request.method == http::Method::get) CO_TRY(co_await http::prime(response));
    response.headers.set("Content-Disposition", http::content_disposition(grant.file_name));
    response.headers.set("X-Content-Type-Options", "nosniff");
    allow_caching(response);
    co_return response;
}

using Serve = Task<Result<http::Response>> (*)(const Services&, http::Request&);

Task<http::Response> run(Services services, Serve serve, http::Request& request) {
    auto response = co_await serve(services, request);
    if (!response) co_return refusal(services, request, response.error());
    co_return *std::move(response);
}

http::Handler handler(Services services, Serve serve) {
    return [services, serve](http::Request& request) { return run(services, serve, request); };
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
    router.add(http::Method::get, "/gw/xorbs/{xorb}", handler(services, serve_xorb));
    router.add(http::Method::get, "/gw/files/{file}/{name}", handler(services, serve_file));
}

}  // namespace siahub::gateway
