#include "cas/xet_upload.hpp"

#include "cas/body_reader.hpp"
#include "cas/shard_progress.hpp"
#include "hub/accounts.hpp"
#include "hub/traffic.hpp"
#include "store/store.hpp"
#include "xet/limits.hpp"

namespace siahub::cas {
namespace {

// Clients write `default`, the documentation `default-merkledb`: one name space.
Result<xet::Hash> hash_under_prefix(const http::Request& request) {
    const auto prefix = request.captures[0];
    if (prefix != "default" && prefix != "default-merkledb")
        return fail(Code::not_found, "the only prefixes are default and default-merkledb");
    return xet::parse_hash(request.captures[1]);
}

// What the holder of the token may read besides its repository: his namespaces, and all public
// ones.
Task<Result<store::Readable>> readable_by(XetCall& call) {
    store::Readable readable{call.token.repo, {}};
    if (call.token.user == 0) co_return readable;
    readable.owners.push_back(call.token.user);
    for (const auto& org : CO_TRY(co_await call.services.accounts.orgs_of(call.token.user)))
        readable.owners.push_back(org.account.id);
    co_return readable;
}

http::Response inserted_answer(bool was_inserted) {
    return json_response(was_inserted ? R"({"was_inserted":true})" : R"({"was_inserted":false})");
}

}  // namespace

Answer upload_xorb(XetCall& call) {
    const auto hash = CO_TRY(hash_under_prefix(call.http));
    const auto length = call.http.body->content_length();
    if (length.value_or(0) > xet::kMaxXorbBody)
        co_return fail(Code::payload_too_large, "a xorb is at most 64 MiB of chunks");
    const auto upload = call.services.store.xorbs.begin(hash, call.token.repo);
    BodyReader reader(*call.http.body, call.services.memory, call.token.user);
    std::uint64_t received = 0;
    for (;;) {
        const auto piece = CO_TRY(co_await reader.next());
        if (piece.empty()) break;
        received += piece.size();
        CO_TRY(co_await upload->feed(piece));
    }
    const auto stored = CO_TRY(co_await upload->finish());
    call.services.traffic.received(call.token.repo, {call.token.user, call.token.key}, received,
                                   stored.index->unpacked_size());
    co_return inserted_answer(stored.was_inserted);
}

// The terms of a grant are never given: the client then posts the xorb, which it would not do for
// one that the hub says it has.
Answer request_grant(XetCall& call) {
    constexpr std::size_t max_request = 64 * 1024;
    const auto hash = CO_TRY(hash_under_prefix(call.http));
    CO_TRY(co_await call.http.body->read_all(max_request));
    if (!CO_TRY(co_await call.services.store.upload_notes.holds(call.token.repo, hash)))
        co_return fail(Code::not_found, "This hub grants no direct uploads; post the xorb");
    co_return json_response("{}");
}

Answer register_shard_v1(XetCall& call) {
    auto registration = CO_TRY(co_await start_registration(call));
    const auto registered = CO_TRY(co_await registration->finished());
    co_return json_response(registered.is_new ? R"({"result":1})" : R"({"result":0})");
}

Answer register_shard_v2(XetCall& call) {
    auto registration = CO_TRY(co_await start_registration(call));
    // What is known soon enough is an ordinary answer; only long work needs a stream.
    co_await registration->wait(kPlainAnswerWithin);
    // Of a status clients print the name alone, of a frame the sentence: what the sender has to do
    // about a refused shard is in it.
    if (registration->failed() && registration->error().code != Code::invalid_argument)
        co_return std::unexpected(registration->error());
    http::Response response;
    response.headers.set("Content-Type", "application/x-ndjson");
    response.body = http::StreamBody{stream_progress(std::move(registration)), std::nullopt};
    co_return response;
}

Answer query_chunk(XetCall& call) {
    const auto chunk = CO_TRY(hash_under_prefix(call.http));
    const auto readable = CO_TRY(co_await readable_by(call));
    const auto shard = CO_TRY(co_await call.services.store.dedup.answer(chunk, readable));
    if (!shard) co_return fail(Code::not_found, "this chunk is not known");
    http::Response response;
    response.headers.set("Content-Type", "application/octet-stream");
    response.body = std::string(as_chars(*shard));
    co_return response;
}

Answer take_telemetry(XetCall& call) {
    constexpr std::size_t max_telemetry = 1024 * 1024;
    CO_TRY(co_await call.http.body->read_all(max_telemetry));
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace siahub::cas
