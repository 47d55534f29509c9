#include "cas/refs_api.hpp"

#include "cas/addresses.hpp"
#include "cas/json_body.hpp"
#include "cas/revision.hpp"
#include "hub/commits.hpp"
#include "hub/history.hpp"

#include <charconv>

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::int64_t kCommitsPerPage = 50;
constexpr std::int64_t kMaxCommitsPerPage = 1000;

http::Response done() {
    return json_response("{}");
}

json::object ref_json(const hub::Ref& ref) {
    return {{"name", ref.name}, {"ref", ref.full_name()}, {"targetCommit", ref.target.hex()}};
}

Result<std::int64_t> number_of(const http::Request& request, std::string_view name,
                               std::int64_t otherwise) {
    const auto text = request.query_value(name);
    if (!text) return otherwise;
    std::int64_t value = 0;
    const auto* end = text->data() + text->size();
    if (std::from_chars(text->data(), end, value).ptr != end || value < 0 || text->empty())
        return fail(Code::invalid_argument, "\"" + std::string(name) + "\" must be a whole number");
    return value;
}

bool wants_formatted(const http::Request& request) {
    for (const auto* name : {"expand", "expand[]"})
        for (const auto& value : request.query_values(name))
            if (value == "formatted") return true;
    return false;
}

}  // namespace

json::object commit_json(const hub::CommitInfo& commit, bool formatted) {
    const auto body_at = commit.message.find("\n\n");
    const auto body = body_at == std::string::npos ? "" : commit.message.substr(body_at + 2);
    json::object shown{{"id", commit.oid.hex()},
                       {"title", commit.title},
                       {"message", body},
                       {"date", to_iso8601(commit.committed_at)},
                       {"authors", json::array{json::object{{"user", commit.author.name}}}}};
    if (formatted) shown["formatted"] = json::object{{"title", commit.title}, {"message", body}};
    return shown;
}

Answer list_refs(RepoCall& call) {
    json::array branches, tags;
    for (const auto& ref : CO_TRY(co_await call.services.refs.list(call.repo)))
        (ref.kind == hub::Ref::Kind::branch ? branches : tags).push_back(ref_json(ref));
    json::object refs{
        {"branches", std::move(branches)}, {"converts", json::array()}, {"tags", std::move(tags)}};
    if (call.http.query_value("include_prs")) refs["pullRequests"] = json::array();
    co_return json_response(json::serialize(refs));
}

Answer create_branch(RepoCall& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    hub::NewBranch branch;
    branch.name = CO_TRY(decoded_rest(call));
    branch.starting_point = CO_TRY(optional_string(body, "startingPoint")).value_or("");
    branch.empty = CO_TRY(optional_bool(body, "emptyBranch")).value_or(false);
    branch.overwrite = CO_TRY(optional_bool(body, "overwrite")).value_or(false);
    CO_TRY(co_await call.services.refs.create_branch(call.repo, branch, call.caller->author()));
    co_return done();
}

Answer delete_branch(RepoCall& call) {
    const auto name = CO_TRY(decoded_rest(call));
    CO_TRY(co_await call.services.refs.delete_branch(call.repo, name));
    co_return done();
}

Answer create_tag(RepoCall& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto revision = CO_TRY(decoded_rest(call));
    const auto tag = CO_TRY(required_string(body, "tag"));
    CO_TRY(co_await call.services.refs.create_tag(call.repo, tag, revision));
    co_return done();
}

Answer delete_tag(RepoCall& call) {
    const auto name = CO_TRY(decoded_rest(call));
    CO_TRY(co_await call.services.refs.delete_tag(call.repo, name));
    co_return done();
}

Answer list_commits(RepoCall& call) {
    const auto revision = CO_TRY(co_await locate_revision(call));
    const auto wanted = CO_TRY(number_of(call.http, "limit", kCommitsPerPage));
    const auto limit = std::clamp<std::int64_t>(wanted, 1, kMaxCommitsPerPage);
    const auto page_number = CO_TRY(number_of(call.http, "p", 0));
    if (page_number > std::numeric_limits<std::int32_t>::max())
        co_return fail(Code::invalid_argument, "\"p\" is beyond every history");
    const auto page = CO_TRY(co_await call.services.history.list(call.repo.id, revision.commit,
                                                                 page_number * limit, limit));
    const bool formatted = wants_formatted(call.http);
    json::array list;
    for (const auto& commit : page.commits)
        list.push_back(commit_json(commit, formatted));
    auto response = json_response(json::serialize(list));
    response.headers.set("X-Total-Count", std::to_string(page.total));
    if ((page_number + 1) * limit < page.total)
        response.headers.set("Link",
                             next_page_link(call.http, "p", std::to_string(page_number + 1)));
    co_return response;
}

Answer super_squash(RepoCall& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto branch = CO_TRY(decoded_rest(call));
    const auto message = CO_TRY(optional_string(body, "message")).value_or("Super-squash branch");
    CO_TRY(co_await call.services.commits.super_squash(call.repo, branch, message,
                                                       call.caller->author()));
    co_return done();
}

}  // namespace siahub::cas
