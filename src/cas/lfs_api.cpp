#include "cas/lfs_api.hpp"

#include "auth/gateway_urls.hpp"
#include "cas/addresses.hpp"
#include "cas/body_reader.hpp"
#include "cas/json_body.hpp"
#include "cas/lfs_links.hpp"
#include "cas/other_node.hpp"
#include "cas/xet_token_api.hpp"
#include "core/encoding.hpp"
#include "http/content_response.hpp"
#include "hub/files.hpp"
#include "hub/traffic.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxBatch = 1000;
// Above this a broken connection should not cost the whole upload again.
constexpr std::uint64_t kMultipartAbove = 128ULL * 1024 * 1024;
constexpr std::uint64_t kSmallestPart = 64ULL * 1024 * 1024;
constexpr std::uint64_t kMostParts = 1000;
constexpr std::uint64_t kLargestObject = 1ULL << 40;  // 1 TiB

enum class Transfer { basic, multipart, xet };

struct WantedObject {
    Sha256 sha256{};
    std::uint64_t size = 0;
};

struct BatchRequest {
    bool upload = false;
    std::vector<std::string> transfers;
    std::vector<WantedObject> objects;
    std::string ref;

    [[nodiscard]] bool offers(std::string_view transfer) const {
        return std::ranges::find(transfers, transfer) != transfers.end();
    }
};

http::Response lfs_response(std::string body) {
    auto response = json_response(std::move(body));
    response.headers.set("Content-Type", "application/vnd.git-lfs+json");
    return response;
}

Result<WantedObject> wanted_object(const json::object& fields) {
    WantedObject object;
    const auto oid = TRY(required_string(fields, "oid"));
    if (!from_hex(oid, object.sha256))
        return fail(Code::unprocessable, "\"oid\" must be 64 hex digits");
    const auto size = TRY(optional_size(fields, "size"));
    if (!size || *size > kLargestObject)
        return fail(Code::unprocessable, "\"size\" must be a number of bytes up to 1 TiB");
    object.size = *size;
    return object;
}

Result<BatchRequest> batch_request(const json::object& body) {
    BatchRequest request;
    const auto operation = TRY(required_string(body, "operation"));
    if (operation != "upload" && operation != "download")
        return fail(Code::unprocessable, "\"operation\" must be upload or download");
    request.upload = operation == "upload";
    for (const auto& name : TRY(optional_array(body, "transfers")))
        if (name.is_string()) request.transfers.emplace_back(name.get_string());
    const auto objects = TRY(optional_array(body, "objects"));
    if (objects.size() > kMaxBatch)
        return fail(Code::payload_too_large,
                    fmt::format("at most {} objects can be asked for at once", kMaxBatch));
    for (const auto& object : objects) {
        if (!object.is_object()) return fail(Code::unprocessable, "\"objects\" must hold objects");
        request.objects.push_back(TRY(wanted_object(object.get_object())));
    }
    request.ref = "main";
    if (const auto* ref = body.if_contains("ref"); ref != nullptr && ref->is_object())
        request.ref = TRY(optional_string(ref->get_object(), "name")).value_or("main");
    return request;
}

Transfer choose_transfer(const BatchRequest& request) {
    if (!request.upload) return Transfer::basic;
    if (request.offers("xet")) return Transfer::xet;
    const bool large = std::ranges::any_of(
        request.objects, [](const auto& object) { return object.size > kMultipartAbove; });
    return large && request.offers("multipart") ? Transfer::multipart : Transfer::basic;
}

std::string_view name_of(Transfer transfer) {
    switch (transfer) {
        case Transfer::basic:
            return "basic";
        case Transfer::multipart:
            return "multipart";
        case Transfer::xet:
            return "xet";
    }
    return "basic";
}

json::object verify_action(const RepoCall& call) {
    return {{"href", repo_url(call.http, call.repo) + ".git/info/lfs/verify"}};
}

json::object xet_action(const RepoCall& call, std::string_view ref) {
    const auto token = issue_token(call, auth::TokenScope::write);
    return {{"href", fmt::format("{}/xet-write-token/{}", api_url(call.http, call.repo),
                                 percent_encode(ref))},
            {"header", json::object{{"X-Xet-Cas-Url", call.http.base_url},
                                    {"X-Xet-Access-Token", token.text},
                                    {"X-Xet-Token-Expiration", std::to_string(token.expires)}}}};
}

LfsLinks links_of(const RepoCall& call) {
    const auto life = std::chrono::milliseconds(call.services.lifetimes.lfs_upload).count();
    return {call.services.store.urls, call.http.base_url, call.services.clock.now() + life};
}

// Part numbers are padded with zeros: one client sends the parts in the order of these names.
Task<Result<json::object>> multipart_action(const RepoCall& call, const LfsGrant& grant) {
    const auto part_size = std::max(kSmallestPart, (grant.size + kMostParts - 1) / kMostParts);
    const auto parts = (grant.size + part_size - 1) / part_size;
    const auto upload = CO_TRY(co_await call.services.store.parts.create());
    const auto links = links_of(call);
    const auto& node = call.services.store.nodes.own();
    json::object header{{"chunk_size", std::to_string(part_size)}};
    for (std::uint32_t number = 1; number <= parts; ++number)
        header[fmt::format("{:05}", number)] = links.part(grant, node, upload, number);
    co_return json::object{{"href", links.complete(grant, node, upload)},
                           {"header", std::move(header)}};
}

Task<Result<json::object>> upload_actions(const RepoCall& call, const BatchRequest& request,
                                          const LfsGrant& grant) {
    const auto transfer = choose_transfer(request);
    if (transfer == Transfer::xet)
        co_return json::object{{"upload", xet_action(call, request.ref)}};
    json::object upload;
    if (transfer == Transfer::multipart && grant.size > kMultipartAbove) {
        upload = CO_TRY(co_await multipart_action(call, grant));
    } else {
        upload["href"] = links_of(call).put(grant);
    }
    co_return json::object{{"upload", std::move(upload)}, {"verify", verify_action(call)}};
}

std::string download_link(const RepoCall& call, const LfsGrant& grant,
                          const hub::LfsObject& object) {
    if (!object.file_hash) return links_of(call).get(grant);
    const auto name = to_hex(grant.sha256);
    const auto life = std::chrono::milliseconds(call.services.lifetimes.signed_url).count();
    return auth::file_url(call.services.store.urls, gateway_url(call.services, call.http),
                          {call.repo.id, *object.file_hash, name, "application/octet-stream",
                           fmt::format("\"{}\"", name)},
                          call.services.clock.now() + life);
}

json::object object_error(int code, std::string_view message) {
    return {{"code", code}, {"message", message}};
}

Task<Result<json::object>> object_answer(const RepoCall& call, const BatchRequest& request,
                                         const WantedObject& wanted,
                                         const std::optional<hub::LfsObject>& known) {
    json::object answer{{"oid", to_hex(wanted.sha256)}, {"size", wanted.size}};
    const LfsGrant grant{call.repo.id, wanted.sha256, wanted.size, call.caller->user_id};
    if (known && known->size != wanted.size) {
        answer["error"] = object_error(422, "The object of this oid has another size");
    } else if (request.upload && !known) {
        answer["actions"] = CO_TRY(co_await upload_actions(call, request, grant));
    } else if (!request.upload && known) {
        call.services.traffic.visit(call.repo.id, call.caller->user_id, call.http.peer_address);
        call.services.traffic.sent(call.repo.id, call.caller->user_id, wanted.size);
        answer["actions"] =
            json::object{{"download", json::object{{"href", download_link(call, grant, *known)}}}};
    } else if (!request.upload) {
        answer["error"] = object_error(404, "The repository has no such object");
    }
    if (answer.contains("actions")) answer["authenticated"] = true;
    co_return answer;
}

Task<Result<store::IngestedFile>> ingest_body(const Services& services, const LfsGrant& grant,
                                              http::RequestBody& body) {
    const auto ingest =
        services.store.ingest(grant.repo, {.size = grant.size, .sha256 = grant.sha256});
    BodyReader reader(body, services.memory.buffers);
    for (;;) {
        const auto piece = CO_TRY(co_await reader.next());
        if (piece.empty()) break;
        CO_TRY(co_await ingest->feed(piece));
    }
    co_return co_await ingest->finish();
}

Result<std::vector<store::UploadPart>> completed_parts(const json::object& body) {
    std::vector<store::UploadPart> parts;
    for (const auto& item : TRY(optional_array(body, "parts"))) {
        if (!item.is_object()) return fail(Code::invalid_argument, "\"parts\" must hold objects");
        const auto& fields = item.get_object();
        const auto number = TRY(optional_size(fields, "partNumber"));
        if (!number || *number == 0 || *number > store::kMaxParts)
            return fail(Code::invalid_argument, "\"partNumber\" must count from 1");
        parts.push_back(
            {static_cast<std::uint32_t>(*number), TRY(required_string(fields, "etag"))});
    }
    return parts;
}

}  // namespace

Answer lfs_batch(RepoCall& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto request = CO_TRY(batch_request(body));
    const auto need = request.upload ? hub::Need::write : hub::Need::content;
    CO_TRY(co_await call.services.access.open_repo(call.repo.id, *call.caller, need));
    std::vector<Sha256> hashes;
    hashes.reserve(request.objects.size());
    for (const auto& object : request.objects)
        hashes.push_back(object.sha256);
    const auto known = CO_TRY(co_await call.services.files.find_objects(call.repo.id, hashes));
    json::array objects;
    for (std::size_t i = 0; i < known.size(); ++i)
        objects.push_back(
            CO_TRY(co_await object_answer(call, request, request.objects[i], known[i])));
    co_return lfs_response(json::serialize(json::object{
        {"transfer", name_of(choose_transfer(request))}, {"objects", std::move(objects)}}));
}

Answer lfs_verify(RepoCall& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto wanted = CO_TRY(wanted_object(body));
    const auto known = CO_TRY(
        co_await call.services.files.find_objects(call.repo.id, std::span(&wanted.sha256, 1)));
    if (!known.front()) co_return fail(Code::not_found, "The object has not been uploaded");
    if (known.front()->size != wanted.size)
        co_return fail(Code::unprocessable, "The object was uploaded with another size");
    co_return lfs_response("{}");
}

Answer lfs_put(const Services& services, http::Request& request) {
    const auto grant = CO_TRY(check_put(services.store.urls, request));
    const auto length = request.body->content_length();
    if (length && *length != grant.size)
        co_return fail(Code::invalid_argument,
                       fmt::format("the object has {} bytes, not {}", grant.size, *length));
    const auto file = CO_TRY(co_await ingest_body(services, grant, *request.body));
    services.files.forget(grant.repo, grant.sha256, grant.size);
    services.traffic.received(grant.repo, grant.user, grant.size);
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
    BodyReader reader(*request.body, services.memory.buffers);
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
        co_return co_await pass_on_to(services, grant.node, request);
    const auto body = CO_TRY(co_await read_json_object(request));
    auto parts = CO_TRY(completed_parts(body));
    const store::ExpectedFile expected{grant.object.size, grant.object.sha256};
    CO_TRY(co_await services.store.parts.complete(grant.upload, grant.object.repo, std::move(parts),
                                                  expected));
    services.files.forget(grant.object.repo, grant.object.sha256, grant.object.size);
    services.traffic.received(grant.object.repo, grant.object.user, grant.object.size);
    co_return lfs_response("{}");
}

}  // namespace siahub::cas
