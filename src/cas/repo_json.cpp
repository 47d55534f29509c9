#include "cas/repo_json.hpp"

#include "core/encoding.hpp"
#include "hub/cards.hpp"
#include "hub/tree_listing.hpp"

#include <span>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

// In the order of the client's own lists (hf_hub_api.md 1.4).
constexpr std::array<std::string_view, 33> kModelFields = {"author",
                                                           "baseModels",
                                                           "cardData",
                                                           "childrenModelCount",
                                                           "config",
                                                           "createdAt",
                                                           "disabled",
                                                           "downloads",
                                                           "downloadsAllTime",
                                                           "evalResults",
                                                           "gated",
                                                           "gguf",
                                                           "inference",
                                                           "inferenceProviderMapping",
                                                           "lastModified",
                                                           "library_name",
                                                           "likes",
                                                           "mask_token",
                                                           "model-index",
                                                           "pipeline_tag",
                                                           "private",
                                                           "resourceGroup",
                                                           "safetensors",
                                                           "sha",
                                                           "siblings",
                                                           "spaces",
                                                           "tags",
                                                           "transformersInfo",
                                                           "trendingScore",
                                                           "usedStorage",
                                                           "widgetData",
                                                           "xetEnabled",
                                                           "securityRepoStatus"};
constexpr std::array<std::string_view, 21> kDatasetFields = {"author",
                                                             "cardData",
                                                             "citation",
                                                             "createdAt",
                                                             "description",
                                                             "disabled",
                                                             "downloads",
                                                             "downloadsAllTime",
                                                             "gated",
                                                             "lastModified",
                                                             "likes",
                                                             "mainSize",
                                                             "paperswithcode_id",
                                                             "private",
                                                             "resourceGroup",
                                                             "sha",
                                                             "siblings",
                                                             "tags",
                                                             "trendingScore",
                                                             "usedStorage",
                                                             "xetEnabled"};
constexpr std::array<std::string_view, 21> kSpaceFields = {
    "author",   "cardData",  "createdAt", "datasets",      "disabled",    "lastModified", "likes",
    "models",   "private",   "region",    "resourceGroup", "runtime",     "sdk",          "sha",
    "siblings", "subdomain", "tags",      "trendingScore", "usedStorage", "xetEnabled",   "host"};

std::span<const std::string_view> known_fields(hub::RepoKind kind) {
    switch (kind) {
        case hub::RepoKind::model:
            return kModelFields;
        case hub::RepoKind::dataset:
            return kDatasetFields;
        case hub::RepoKind::space:
            return kSpaceFields;
    }
    return kModelFields;
}

json::object sibling_json(const hub::TreeItem& item, bool blobs) {
    json::object sibling{{"rfilename", item.path}};
    if (!blobs) return sibling;
    sibling["size"] = item.size;
    sibling["blobId"] = item.oid.hex();
    if (item.is_lfs)
        sibling["lfs"] = json::object{{"sha256", to_hex(item.sha256)},
                                      {"size", item.size},
                                      {"pointerSize", item.pointer_size}};
    return sibling;
}

Task<Result<json::array>> siblings_json(const Services& services, RowId repo,
                                        const hub::Revision& revision, bool blobs) {
    json::array siblings;
    hub::TreeQuery query;
    query.recursive = true;
    do {
        const auto page = CO_TRY(co_await services.tree_listing.list(repo, revision, query));
        for (const auto& item : page.items)
            if (!item.is_directory) siblings.push_back(sibling_json(item, blobs));
        query.cursor = page.next;
    } while (!query.cursor.empty());
    co_return siblings;
}

json::object parse_card(const std::string& text) {
    json::error_code error;
    auto value = json::parse(text, error);
    return !error && value.is_object() ? std::move(value).as_object() : json::object();
}

json::value gated_json(const hub::Repo& repo) {
    if (repo.gated.empty()) return false;
    return json::string(repo.gated);
}

void add_card_field(json::object& fields, const json::object& card, std::string_view name) {
    if (const auto* value = card.if_contains(name); value != nullptr && value->is_string())
        fields[name] = *value;
}

// Everything that costs nothing to know.
json::object plain_fields(const hub::Repo& repo, const json::object& card,
                          const std::vector<std::string>& tags) {
    json::object fields{{"author", repo.ns},
                        {"private", repo.is_private},
                        {"gated", gated_json(repo)},
                        {"disabled", false},
                        {"likes", repo.likes},
                        {"createdAt", to_iso8601(repo.created_at)},
                        {"lastModified", to_iso8601(repo.updated_at)},
                        {"tags", json::value_from(tags)},
                        {"xetEnabled", true}};
    if (repo.kind != hub::RepoKind::space) {
        fields["downloads"] = repo.downloads;
        fields["downloadsAllTime"] = repo.downloads;
    } else if (!repo.sdk.empty()) {
        fields["sdk"] = repo.sdk;
    }
    if (repo.kind == hub::RepoKind::model) {
        add_card_field(fields, card, "library_name");
        add_card_field(fields, card, "pipeline_tag");
        if (const auto* index = card.if_contains("model-index")) fields["model-index"] = *index;
    }
    return fields;
}

bool wants(const Projection& projection, std::string_view name, bool usually) {
    if (projection.expand.empty()) return usually;
    return std::ranges::find(projection.expand, name) != projection.expand.end();
}

json::object project(json::object fields, const hub::Repo& repo, const Projection& projection) {
    json::object shown{{"_id", public_id(repo.id)}, {"id", repo.full_name()}};
    if (projection.expand.empty() && repo.kind == hub::RepoKind::model)
        shown["modelId"] = repo.full_name();
    for (auto& [name, value] : fields)
        if (wants(projection, name, name != "xetEnabled")) shown[name] = std::move(value);
    return shown;
}

}  // namespace

Result<std::vector<std::string>> requested_fields(const http::Request& request,
                                                  hub::RepoKind kind) {
    auto fields = request.query_values("expand");
    for (auto& field : request.query_values("expand[]"))
        fields.push_back(std::move(field));
    const auto known = known_fields(kind);
    for (const auto& field : fields)
        if (std::ranges::find(known, field) == known.end())
            return fail(Code::invalid_argument,
                        fmt::format("\"expand\" must be one of [{}]", fmt::join(known, ", ")));
    return fields;
}

Task<Result<json::object>> repo_json(const Services& services, const hub::Repo& repo,
                                     std::vector<std::string> tags, Projection projection,
                                     std::optional<hub::Revision> revision) {
    auto with_card = repo;
    if (with_card.card.empty()) CO_TRY(co_await hub::load_card(services.database, with_card));
    const auto card = parse_card(with_card.card);
    auto fields = plain_fields(repo, card, tags);
    if (wants(projection, "cardData", projection.card)) fields["cardData"] = card;
    const bool siblings = wants(projection, "siblings", projection.siblings);
    const bool head = wants(projection, "sha", projection.head);
    if (!revision && (siblings || head)) {
        auto found = co_await services.refs.resolve(repo, repo.default_branch);
        // A repository whose default branch is gone still has an info page.
        if (found) revision = *std::move(found);
    }
    if (revision && head) fields["sha"] = revision->commit.hex();
    if (revision && siblings)
        fields["siblings"] =
            CO_TRY(co_await siblings_json(services, repo.id, *revision, projection.blobs));
    co_return project(std::move(fields), repo, projection);
}

}  // namespace siahub::cas
