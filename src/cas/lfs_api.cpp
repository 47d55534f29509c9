#include "cas/lfs_api.hpp"

#include "auth/gateway_urls.hpp"
#include "cas/addresses.hpp"
#include "cas/json_body.hpp"
#include "cas/lfs_links.hpp"
#include "cas/lfs_messages.hpp"
#include "cas/xet_token_api.hpp"
#include "core/encoding.hpp"
#include "hub/files.hpp"
#include "hub/traffic.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::uint64_t kSmallestPart = 64ULL * 1024 * 1024;
constexpr std::uint64_t kMostParts = 1000;

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
    const LfsGrant grant{call.repo.id, wanted.sha256, wanted.size, call.caller->user_id,
                         call.caller->key_id};
    if (known && known->size != wanted.size) {
        answer["error"] = object_error(422, "The object of this oid has another size");
    } else if (request.upload && !known) {
        answer["actions"] = CO_TRY(co_await upload_actions(call, request, grant));
    } else if (!request.upload && known) {
        call.services.traffic.visit(call.repo.id, {call.caller->user_id, call.caller->key_id},
                                    call.http.peer_address);
        call.services.traffic.sent(call.repo.id, {call.caller->user_id, call.caller->key_id},
                                   wanted.size);
        answer["actions"] =
            json::object{{"download", json::object{{"href", download_link(call, grant, *known)}}}};
    } else if (!request.upload) {
        answer["error"] = object_error(404, "The repository has no such object");
    }
    if (answer.contains("actions")) answer["authenticated"] = true;
    co_return answer;
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

}  // namespace siahub::cas
