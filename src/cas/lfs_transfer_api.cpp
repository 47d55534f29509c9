#include "cas/lfs_transfer_api.hpp"

#include "cas/body_reader.hpp"
#include "cas/json_body.hpp"
#include "cas/lfs_links.hpp"
#include "cas/lfs_messages.hpp"
#include "cas/other_node.hpp"
#include "core/encoding.hpp"
#include "http/content_response.hpp"
#include "hub/files.hpp"
#include "hub/traffic.hpp"
#include "store/store.hpp"

#include <fmt/format.h>

namespace siahub::cas {
namespace {

Task<Result<store::IngestedFile>> ingest_body(const Services& services, const LfsGrant& grant,
                                              http::RequestBody& body) {
    const auto ingest =
        services.store.ingest(grant.repo, {.size = grant.size, .sha256 = grant.sha256});
    BodyReader reader(body, services.memory, grant.user);
    for (;;) {
        const auto piece = CO_TRY(co_await reader.next());
        if (piece.empty()) break;
        CO_TRY(co_await ingest->feed(piece));
    }
    co_return co_await ingest->finish();
}

// What comes by LFS comes whole, whatever the hub has of it.
void note_upload(const Services& services, const LfsGrant& grant) {
    const hub::Traffic::Who who{grant.user, grant.key};
    services.traffic.received(grant.repo, who, grant.size, grant.size);
    services.traffic.registered(grant.repo, who, 1, grant.size);
}

}  // namespace

Answer lfs_put(const Services& services, http::Request& request) {
    const auto grant = CO_TRY(check_put(services.store.urls, request));
    const auto length = request.body->content_length();
    if (length && *length != grant.size)
        co_return fail(Code::invalid_argument,
                       fmt::format("the object has {} bytes, not {}", grant.size, *length));
    const auto file = CO_TRY(co_await ingest_body(services, grant, *request.body));
    services.files.forget(grant.repo, grant.sha256, grant.size);
    note_upload(services, grant);
    auto response = json_response("{}");
    response.headers.set("ETag", fmt::format("\"{}\"", to_hex(file.sha256)));
    co_return response;
}

Answer lfs_get(const Services& services, http::Request& request) {
    const auto grant = CO_TRY(check_get(services.store.urls, request));
    const auto content = CO_TRY(co_await services.files.inline_content(grant.repo, grant.sha256));
    const http::ContentFacts facts{content.size(), "application/octet-stream",
                                   fmt::format("\"{}\"", to_hex(grant.sha256))};
    co_return http::bytes_response(std::string(as_chars(content)), facts, request);
}

Answer lfs_put_part(const Services& services, http::Request& request) {
    const auto grant = CO_TRY(check_part(services.store.urls, request));
    if (!is_here(services, grant.node))
        co_return co_await pass_on_to(services, grant.node, request);
    const auto writer =
        CO_TRY(co_await services.store.parts.begin_part(grant.upload, grant.number));
    BodyReader reader(*request.body, services.memory, grant.object.user);
    std::uint64_t received = 0;
    for (;;) {
        const auto piece = CO_TRY(co_await reader.next());
        if (piece.empty()) break;
        received += piece.size();
        if (received > grant.object.size)
            co_return fail(Code::payload_too_large, "the part is larger than the whole object");
        CO_TRY(co_await writer->feed(piece));
    }
    const auto etag = CO_TRY(co_await writer->finish());
    auto response = json_response("{}");
    response.headers.set("ETag", fmt::format("\"{}\"", etag));
    co_return response;
}

Answer lfs_complete(const Services& services, http::Request& request) {
    const auto grant = CO_TRY(check_complete(services.store.urls, request));
    if (!is_here(services, grant.node))
        co_return co_await pass_on_to(services, grant.node, request, grant.object.size);
    const auto body = CO_TRY(co_await read_json_object(request));
    auto parts = CO_TRY(completed_parts(body));
    const store::ExpectedFile expected{grant.object.size, grant.object.sha256};
    CO_TRY(co_await services.store.parts.complete(grant.upload, grant.object.repo, std::move(parts),
                                                  expected));
    services.files.forget(grant.object.repo, grant.object.sha256, grant.object.size);
    note_upload(services, grant.object);
    co_return lfs_response("{}");
}

}  // namespace siahub::cas
