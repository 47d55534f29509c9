#include "cas/git_api.hpp"

#include "cas/json_body.hpp"
#include "cas/pack_stream.hpp"
#include "git/gunzip.hpp"
#include "git/pkt_line.hpp"
#include "git/upload_pack.hpp"
#include "hub/pack_plan.hpp"
#include "hub/refs.hpp"
#include "hub/traffic.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::cas {
namespace {

constexpr std::string_view kService = "git-upload-pack";
constexpr std::string_view kAgent = "siahub";

http::Response git_response(std::string_view what, std::string body) {
    http::Response response;
    response.headers.set("Content-Type", fmt::format("application/x-{}-{}", kService, what));
    response.headers.set("Cache-Control", "no-cache");
    response.body = std::move(body);
    return response;
}

// Git prints it after "remote error:".
std::string told(std::string_view message) {
    std::string out;
    git::append_pkt(out, fmt::format("ERR {}\n", message));
    return out;
}

http::Response advertisement(std::string_view service, std::string_view lines) {
    std::string out;
    git::append_pkt(out, fmt::format("# service={}\n", service));
    git::append_flush(out);
    auto response = git_response("advertisement", out.append(lines));
    response.headers.set("Content-Type", fmt::format("application/x-{}-advertisement", service));
    response.headers.set("Vary", "Git-Protocol");
    return response;
}

bool is_wanted(const git::LsRefs& asked, std::string_view name) {
    return asked.prefixes.empty() || std::ranges::any_of(asked.prefixes, [&](const auto& prefix) {
               return name.starts_with(prefix);
           });
}

Task<Result<std::string>> list_refs(RepoCall& call, const git::LsRefs& asked) {
    const auto refs = CO_TRY(co_await call.services.refs.list(call.repo));
    const auto head = "refs/heads/" + call.repo.default_branch;
    std::string out;
    for (const auto& ref : refs)
        if (ref.full_name() == head && is_wanted(asked, "HEAD"))
            git::append_pkt(out,
                            fmt::format("{} HEAD{}\n", ref.target.hex(),
                                        asked.symrefs ? " symref-target:" + head : std::string()));
    for (const auto& ref : refs)
        if (is_wanted(asked, ref.full_name()))
            git::append_pkt(out, fmt::format("{} {}\n", ref.target.hex(), ref.full_name()));
    git::append_flush(out);
    co_return out;
}

// What the client has that this hub has, too; and whether the pack comes now.
std::string acknowledgments(std::span<const git::Oid> common) {
    std::string out;
    git::append_pkt(out, "acknowledgments\n");
    if (common.empty()) {
        git::append_pkt(out, "NAK\n");
        git::append_flush(out);
        return out;
    }
    for (const auto& oid : common)
        git::append_pkt(out, fmt::format("ACK {}\n", oid.hex()));
    git::append_pkt(out, "ready\n");
    git::append_delimiter(out);
    return out;
}

std::string boundaries(const hub::PackPlan& plan) {
    std::string out;
    if (plan.shallow.empty() && plan.unshallow.empty()) return out;
    git::append_pkt(out, "shallow-info\n");
    for (const auto& oid : plan.shallow)
        git::append_pkt(out, fmt::format("shallow {}\n", oid.hex()));
    for (const auto& oid : plan.unshallow)
        git::append_pkt(out, fmt::format("unshallow {}\n", oid.hex()));
    git::append_delimiter(out);
    return out;
}

Answer fetch(RepoCall& call, const git::Fetch& asked) {
    const auto& services = call.services;
    hub::PackPlanner planner(services.history, services.trees, call.repo.id);
    const auto common = CO_TRY(co_await planner.common(asked.haves));
    std::string before;
    if (!asked.done) {
        before = acknowledgments(common);
        if (common.empty()) co_return git_response("result", std::move(before));
    }
    auto plan = CO_TRY(co_await planner.plan(asked, common));
    before += boundaries(plan);
    services.traffic.visit(call.repo.id, {call.caller->user_id, call.caller->key_id},
                           call.http.peer_address);
    auto response = git_response("result", {});
    response.body = http::StreamBody{
        std::make_unique<PackStream>(services, call.repo.id, std::move(plan), std::move(before)),
        std::nullopt};
    co_return response;
}

Task<Result<git::UploadPackCommand>> read_command(RepoCall& call) {
    auto body = CO_TRY(co_await call.http.body->read_all(kMaxJsonBody));
    if (call.http.header("Content-Encoding") == "gzip")
        body = CO_TRY(git::gunzip(as_bytes(body), kMaxJsonBody));
    co_return git::parse_upload_pack(body);
}

Answer run_command(RepoCall& call) {
    const auto command = CO_TRY(co_await read_command(call));
    if (const auto* refs = std::get_if<git::LsRefs>(&command))
        co_return git_response("result", CO_TRY(co_await list_refs(call, *refs)));
    co_return co_await fetch(call, std::get<git::Fetch>(command));
}

}  // namespace

Answer git_begin(RepoCall& call) {
    const auto service = call.http.query_value("service").value_or("");
    if (service == "git-receive-pack")
        co_return advertisement(
            service, told("This hub takes commits from hf upload and not from git push"));
    if (service != kService)
        co_return fail(Code::invalid_argument, "Only git's smart protocol is spoken here");
    if (!call.http.header("Git-Protocol").contains("version=2"))
        co_return advertisement(service,
                                told("This hub speaks version 2 of git's protocol: use git 2.26 "
                                     "or newer, or git -c protocol.version=2"));
    co_return advertisement(service, git::upload_pack_capabilities(kAgent));
}

// What is wrong with a request, git shows only when it comes as an answer.
Answer git_upload_pack(RepoCall& call) {
    auto answer = co_await run_command(call);
    if (!answer && (answer.error().code == Code::invalid_argument ||
                    answer.error().code == Code::revision_not_found))
        co_return git_response("result", told(answer.error().message));
    co_return answer;
}

}  // namespace siahub::cas
