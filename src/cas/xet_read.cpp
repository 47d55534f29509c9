#include "cas/xet_read.hpp"

#include "auth/gateway_urls.hpp"
#include "cas/addresses.hpp"
#include "http/range.hpp"
#include "hub/traffic.hpp"
#include "store/store.hpp"
#include "xet/reconstruction_json.hpp"

#include <fmt/format.h>

namespace siahub::cas {
namespace {

constexpr std::size_t kMaxBatch = 1000;

// Unlike plain HTTP, where a malformed Range is ignored, clients here expect a refusal: they would
// take the whole file for the part they asked for.
Result<std::optional<xet::RequestedRange>> requested_range(const http::Request& request) {
    const auto header = http::parse_range(request.header("range"), 1);
    if (header.syntax == http::RangeSyntax::absent) return std::nullopt;
    if (header.syntax != http::RangeSyntax::valid)
        return fail(Code::range_not_satisfiable, "the Range header must be one range of bytes");
    return xet::RequestedRange{header.specs.front().first, header.specs.front().last};
}

Task<Result<xet::Reconstruction>> plan(XetCall& call) {
    const auto file = CO_TRY(xet::parse_hash(call.http.captures[0]));
    const auto range = CO_TRY(requested_range(call.http));
    auto planned = CO_TRY(co_await call.services.store.files.plan(call.token.repo, file, range));
    call.services.traffic.sent(call.token.repo, {call.token.user, call.token.key}, planned.length);
    co_return planned;
}

xet::AppendUrl signed_urls(const XetCall& call) {
    const auto expires = call.services.clock.now() +
                         std::chrono::milliseconds(call.services.lifetimes.signed_url).count();
    return auth::xorb_urls(call.services.store.urls,
                           std::string(gateway_url(call.services, call.http)), expires);
}

}  // namespace

Answer reconstruct_v1(XetCall& call) {
    const auto reconstruction = CO_TRY(co_await plan(call));
    co_return json_response(xet::render_v1(reconstruction, signed_urls(call)));
}

Answer reconstruct_v2(XetCall& call) {
    const auto reconstruction = CO_TRY(co_await plan(call));
    co_return json_response(xet::render_v2(reconstruction, signed_urls(call)));
}

Answer reconstruct_batch_v1(XetCall& call) {
    const auto ids = call.http.query_values("file_id");
    if (ids.size() > kMaxBatch)
        co_return fail(Code::invalid_argument,
                       fmt::format("at most {} files can be asked for at once", kMaxBatch));
    std::vector<xet::Hash> files;
    files.reserve(ids.size());
    for (const auto& id : ids)
        files.push_back(CO_TRY(xet::parse_hash(id)));
    const auto batch =
        CO_TRY(co_await call.services.store.files.plan_batch(call.token.repo, files));
    for (const auto& file : batch.files)
        for (const auto& term : file.terms)
            call.services.traffic.sent(call.token.repo, {call.token.user, call.token.key},
                                       term.unpacked_length);
    co_return json_response(xet::render_batch_v1(batch, signed_urls(call)));
}

}  // namespace siahub::cas
