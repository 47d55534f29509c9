#include "cas/refs_api.hpp"

#include "cas/addresses.hpp"
#include "cas/json_body.hpp"
#include "cas/revision.hpp"
#include "hub/commits.hpp"
#include "hub/git_paths.hpp"
#include "hub/history.hpp"
#include "hub/path_log.hpp"

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

http::Response commits_response(const http::Request& request,
                                const std::vector<hub::CommitInfo>& commits) {
    const bool formatted = wants_formatted(request);
    json::array list;
    for (const auto& commit : commits)
        list.push_back(commit_json(commit, formatted));
    return json_response(json::serialize(list));
}

Task<Result<hub::PathLogPage>> log_page(RepoCall& call, const hub::Revision& revision,
                                        std::string path, std::size_t limit) {
    const auto& services = call.services;
    hub::PathLog log(services.database, services.trees, services.history);
    const auto cursor = call.http.query_value("cursor");
    if (!cursor) co_return co_await log.list(call.repo.id, revision.commit, path, limit);
    const auto last = hub::Oid::parse(*cursor);
    if (!last) co_return fail(Code::invalid_argument, "The cursor is not one of this list");
    co_return co_await log.list_before(call.repo.id, *last, path, limit);
}

// The commits that changed one path. The pages have no numbers: what came before a page is only
// known to whoever has read it.
Answer list_commits_of(RepoCall& call, const hub::Revision& revision, std::string path,
                       std::int64_t wanted) {
    while (path.ends_with('/'))
        path.pop_back();
    CO_TRY(hub::check_path(path));
    const auto limit = std::clamp<std::int64_t>(wanted, 1, hub::PathLog::kMostCommits);
    const auto page =
        CO_TRY(co_await log_page(call, revision, path, static_cast<std::size_t>(limit)));
    if (page.commits.empty() && !page.next && !call.http.query_value("cursor"))
        co_return fail(Code::entry_not_found,
                       "\"" + path + "\" was never in the history of this revision");
    auto response = commits_response(call.http, page.commits);
    if (page.next)
        response.headers.set("Link", next_page_link(call.http, "cursor", page.next->hex()));
    co_return response;
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
    if (auto path = call.http.query_value("path"); path && !path->empty())
        co_return co_await list_commits_of(call, revision, *std::move(path), wanted);
    const auto limit = std::clamp<std::int64_t>(wanted, 1, kMaxCommitsPerPage);
    const auto page_number = CO_TRY(number_of(call.http, "p", 0));
    if (page_number > std::numeric_limits<std::int32_t>::max())
        co_return fail(Code::invalid_argument, "\"p\" is beyond every history");
    const auto page = CO_TRY(co_await call.services.history.list(call.repo.id, revision.commit,
                                                                 page_number * limit, limit));
    auto response = commits_response(call.http, page.commits);
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
