#include "cas/repo_api.hpp"

#include "cas/addresses.hpp"
#include "cas/json_body.hpp"
#include "cas/repo_json.hpp"
#include "cas/revision.hpp"
#include "core/encoding.hpp"
#include "hub/cards.hpp"
#include "hub/commits.hpp"
#include "hub/listing.hpp"
#include "hub/repos.hpp"

#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

Result<std::vector<hub::InitialFile>> initial_files(const json::object& body) {
    std::vector<hub::InitialFile> files;
    for (const auto& item : TRY(optional_array(body, "files"))) {
        if (!item.is_object()) return fail(Code::invalid_argument, "\"files\" must hold objects");
        const auto& fields = item.get_object();
        const auto content = TRY(required_string(fields, "content"));
        const auto encoding = TRY(optional_string(fields, "encoding")).value_or("utf-8");
        hub::InitialFile file;
        file.path = TRY(required_string(fields, "path"));
        if (encoding == "base64") {
            file.content = TRY(from_base64(content));
        } else {
            append(file.content, as_bytes(content));
        }
        files.push_back(std::move(file));
    }
    return files;
}

// "ns/name" in one field is taken as well as two fields.
Result<hub::NewRepo> wanted_repo(const json::object& body) {
    hub::NewRepo wanted;
    wanted.kind = TRY(repo_kind(body, "type"));
    wanted.ns = TRY(optional_string(body, "organization")).value_or("");
    wanted.name = TRY(required_string(body, "name"));
    if (const auto slash = wanted.name.find('/'); slash != std::string::npos && wanted.ns.empty()) {
        wanted.ns = wanted.name.substr(0, slash);
        wanted.name.erase(0, slash + 1);
    }
    wanted.is_private = TRY(wanted_privacy(body)).value_or(false);
    wanted.sdk = TRY(optional_string(body, "sdk")).value_or("");
    wanted.license = TRY(optional_string(body, "license")).value_or("");
    wanted.files = TRY(initial_files(body));
    return wanted;
}

std::string describe(const hub::Repo& repo) {
    return json::serialize(
        json::object{{"id", repo.full_name()},
                     {"private", repo.is_private},
                     {"defaultBranch", repo.default_branch},
                     {"gated", repo.gated.empty() ? json::value(false) : json::value(repo.gated)}});
}

Result<std::optional<std::string>> wanted_gate(const json::object& body) {
    const auto* gated = body.if_contains("gated");
    if (gated == nullptr || gated->is_null()) return std::nullopt;
    if (gated->is_bool() && !gated->get_bool()) return "";
    if (gated->is_string() && (gated->get_string() == "auto" || gated->get_string() == "manual"))
        return std::string(gated->get_string());
    return fail(Code::invalid_argument, R"("gated" must be "auto", "manual" or false)");
}

bool is_true(const std::optional<std::string>& value) {
    return value && (*value == "true" || *value == "True" || *value == "1");
}

Answer info_of(RepoCall& call, std::optional<hub::Revision> revision) {
    Projection projection;
    projection.expand = CO_TRY(requested_fields(call.http, call.repo.kind));
    projection.siblings = projection.card = projection.head = true;
    projection.blobs = is_true(call.http.query_value("blobs"));
    auto tags = CO_TRY(co_await call.services.listing.tags_of(call.repo.id));
    const auto info = CO_TRY(co_await repo_json(call.services, call.repo, std::move(tags),
                                                std::move(projection), std::move(revision)));
    co_return json_response(json::serialize(info));
}

Result<std::size_t> page_limit(const http::Request& request) {
    const auto text = request.query_value("limit");
    if (!text) return 0;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (error != std::errc() || end != text->data() + text->size() || limit == 0)
        return fail(Code::invalid_argument, "\"limit\" must be a positive whole number");
    return limit;
}

Result<hub::ListQuery> list_query(const http::Request& request, hub::RepoKind kind) {
    hub::ListQuery query;
    query.kind = kind;
    query.search = request.query_values("search");
    query.author = request.query_value("author").value_or("");
    query.tags = request.query_values("filter");
    for (const auto* parameter : {"pipeline_tag", "library"})
        for (auto& tag : request.query_values(parameter))
            query.tags.push_back(std::move(tag));
    if (const auto gated = request.query_value("gated")) query.gated = is_true(gated);
    if (const auto durability = request.query_value("durability")) {
        if (*durability != "pinned" && *durability != "local")
            return fail(Code::invalid_argument, "\"durability\" must be pinned or local");
        query.durability =
            *durability == "pinned" ? hub::Durability::pinned : hub::Durability::local;
    }
    if (const auto sort = request.query_value("sort")) {
        const auto key = hub::parse_sort_key(*sort);
        if (!key) return fail(Code::invalid_argument, "\"sort\" is not a field to sort by");
        query.sort = *key;
    }
    query.descending = request.query_value("direction").value_or("-1") != "1";
    query.limit = TRY(page_limit(request));
    query.cursor = request.query_value("cursor").value_or("");
    return query;
}

// Cards are read only for an answer that shows something of them, as plain items do: their library
// and pipeline.
bool shows_card(const Projection& projection) {
    constexpr std::array<std::string_view, 4> kOfCards{"cardData", "library_name", "pipeline_tag",
                                                       "model-index"};
    return projection.card || projection.expand.empty() ||
           std::ranges::find_first_of(projection.expand, kOfCards) != projection.expand.end();
}

Answer list_of_kind(Call& call, hub::RepoKind kind) {
    auto query = CO_TRY(list_query(call.http, kind));
    Projection projection;
    projection.expand = CO_TRY(requested_fields(call.http, kind));
    const bool full = is_true(call.http.query_value("full"));
    projection.siblings = projection.head = full;
    projection.card = full || is_true(call.http.query_value("cardData"));
    query.with_cards = shows_card(projection);
    auto page = CO_TRY(co_await call.services.listing.list(query, *call.caller));
    json::array list;
    for (auto& listed : page.repos)
        list.push_back(CO_TRY(co_await repo_json(call.services, listed.repo, std::move(listed.tags),
                                                 projection, std::nullopt)));
    auto response = json_response(json::serialize(list));
    if (!page.next_cursor.empty())
        response.headers.set("Link", next_page_link(call.http, "cursor", page.next_cursor));
    co_return response;
}

}  // namespace

Result<hub::RepoKind> repo_kind(const json::object& body, std::string_view field) {
    const auto word = TRY(optional_string(body, field)).value_or("model");
    const auto kind = hub::parse_repo_kind(word);
    if (!kind)
        return fail(Code::invalid_argument,
                    fmt::format("\"{}\" must be model, dataset or space", field));
    return *kind;
}

// Newer clients say `visibility`, older ones `private`.
Result<std::optional<bool>> wanted_privacy(const json::object& body) {
    if (const auto visibility = TRY(optional_string(body, "visibility"))) {
        if (*visibility == "private") return true;
        if (*visibility == "public") return false;
        return fail(Code::invalid_argument, "\"visibility\" must be public or private");
    }
    return optional_bool(body, "private");
}

http::Response created_answer(const http::Request& request, const hub::CreatedRepo& outcome) {
    const auto& repo = outcome.repo;
    json::object body{
        {"url", repo_url(request, repo)}, {"name", repo.full_name()}, {"id", public_id(repo.id)}};
    if (!outcome.created) {
        const auto message =
            fmt::format("You already created this {} repo", hub::to_string(repo.kind));
        body["error"] = message;
        auto response = json_response(json::serialize(body));
        response.status = 409;
        response.headers.set("X-Error-Message", message);
        return response;
    }
    return json_response(json::serialize(body));
}

Answer create_repo(Call& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    auto wanted = CO_TRY(wanted_repo(body));
    const auto outcome =
        CO_TRY(co_await call.services.repos.create(*call.caller, std::move(wanted)));
    co_return created_answer(call.http, outcome);
}

Answer delete_repo(Call& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto wanted = CO_TRY(wanted_repo(body));
    const auto ns = wanted.ns.empty() ? call.caller->name : wanted.ns;
    CO_TRY(co_await call.services.repos.remove(*call.caller, wanted.kind, {ns, wanted.name}));
    co_return json_response(R"("OK")");
}

Answer move_repo(Call& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto kind = CO_TRY(repo_kind(body, "type"));
    const auto from = CO_TRY(hub::parse_repo_id(CO_TRY(required_string(body, "fromRepo"))));
    const auto to = CO_TRY(hub::parse_repo_id(CO_TRY(required_string(body, "toRepo"))));
    const auto repo = CO_TRY(co_await call.services.repos.move(*call.caller, kind, from, to));
    co_return json_response(describe(repo));
}

Answer change_settings(RepoCall& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    hub::RepoSettings settings;
    settings.is_private = CO_TRY(wanted_privacy(body));
    settings.gated = CO_TRY(wanted_gate(body));
    if (const auto branch = CO_TRY(optional_string(body, "defaultBranch")))
        CO_TRY(co_await call.services.commits.set_default_branch(call.repo, *branch));
    const auto repo = CO_TRY(co_await call.services.repos.change_settings(
        *call.caller, call.repo.kind, {call.repo.ns, call.repo.name}, settings));
    co_return json_response(describe(repo));
}

// The route's rights were checked before this runs: getting here is the answer.
Answer confirm_access(RepoCall&) {
    co_return json_response(R"({"status":"ok"})");
}

Answer repo_info(RepoCall& call) {
    co_return co_await info_of(call, std::nullopt);
}

Answer repo_info_at(RepoCall& call) {
    auto revision = CO_TRY(co_await locate_revision(call));
    co_return co_await info_of(call, std::move(revision));
}

Answer validate_yaml(Call& call) {
    const auto body = CO_TRY(co_await read_json_object(call.http));
    const auto content = CO_TRY(required_string(body, "content"));
    const auto kind = CO_TRY(repo_kind(body, "repoType"));
    const auto report = hub::validate_card(content, kind);
    json::array errors, warnings;
    for (const auto& message : report.errors)
        errors.push_back(json::object{{"message", message}});
    for (const auto& message : report.warnings)
        warnings.push_back(json::object{{"message", message}});
    auto response = json_response(json::serialize(
        json::object{{"errors", std::move(errors)}, {"warnings", std::move(warnings)}}));
    if (!report.errors.empty()) response.status = 400;
    co_return response;
}

template <hub::RepoKind kind>
Answer list_repos(Call& call) {
    return list_of_kind(call, kind);
}
template Answer list_repos<hub::RepoKind::model>(Call&);
template Answer list_repos<hub::RepoKind::dataset>(Call&);
template Answer list_repos<hub::RepoKind::space>(Call&);

}  // namespace siahub::cas
