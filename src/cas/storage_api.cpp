#include "cas/storage_api.hpp"

#include "cas/operator.hpp"
#include "cas/page_query.hpp"
#include "cas/revision.hpp"
#include "cas/sia_admin.hpp"
#include "core/encoding.hpp"
#include "hub/files.hpp"
#include "hub/refs.hpp"
#include "hub/storage_view.hpp"
#include "hub/trees.hpp"
#include "store/columns.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::int64_t kMostTerms = 1000;
constexpr std::int64_t kMostXorbs = 1000;

// Least safe first.
constexpr auto kStates =
    std::to_array<std::string_view>({"local", "stored", "packing", "uploading", "pinned"});

json::array repos_json(const std::vector<hub::RepoRef>& repos) {
    json::array list;
    for (const auto& [kind, id] : repos)
        list.push_back(json::object{{"kind", kind}, {"id", id}});
    return list;
}

json::object xorb_json(const Services& services, const hub::XorbEntry& entry) {
    json::object shown{{"hash", entry.xorb.hex()},
                       {"state", entry.state},
                       {"local", entry.local},
                       {"chunks", entry.chunks},
                       {"size", entry.size},
                       {"storedSize", entry.stored},
                       {"files", entry.files},
                       {"repos", repos_json(entry.repos)},
                       {"moreRepos", entry.more_repos},
                       {"siaObject", nullptr},
                       {"slabs", nullptr},
                       {"lastError", entry.last_error},
                       {"createdAt", to_iso8601(entry.created_at)}};
    if (entry.used) shown["used"] = *entry.used;
    if (entry.object) {
        shown["siaObject"] = to_hex(entry.object->id);
        if (services.sia != nullptr)
            if (const auto slabs = services.sia->slab_count(*entry.object)) shown["slabs"] = *slabs;
    }
    return shown;
}

json::array xorbs_json(const Services& services, const std::vector<hub::XorbEntry>& entries) {
    json::array list;
    for (const auto& entry : entries)
        list.push_back(xorb_json(services, entry));
    return list;
}

json::value cursor_json(const std::optional<xet::Hash>& next) {
    if (!next) return nullptr;
    return json::string(next->hex());
}

json::object summary_json(const hub::StorageSummary& sums) {
    return {{"files", sums.files},
            {"bytes", sums.bytes},
            {"storedBytes", sums.stored},
            {"dedupSaved", sums.dedup_saved},
            {"xorbs", sums.xorbs},
            {"pinned", sums.pinned},
            {"local", sums.stored - sums.pinned},
            {"sharedBytes", sums.shared}};
}

// The errors of hosts are the operator's, and of nobody who merely looks at a repository.
void hide_errors(const hub::Caller& caller, std::vector<hub::XorbEntry>& entries) {
    if (require_admin(caller)) return;
    for (auto& entry : entries)
        entry.last_error.clear();
}

json::object term_json(const store::Term& term) {
    return {{"offset", term.file_offset},
            {"length", term.segment.unpacked_length},
            {"xorb", term.segment.xorb.hex()},
            {"chunkStart", term.segment.chunk_start},
            {"chunkEnd", term.segment.chunk_end}};
}

// Which entry of the repository the call is about.
Task<Result<hub::FileInfo>> file_of(RepoCall& call, const std::string& path) {
    const auto name = call.http.query_value("revision").value_or(call.repo.default_branch);
    const auto revision = CO_TRY(co_await call.services.refs.resolve(call.repo, name));
    const auto entry = CO_TRY(co_await call.services.trees.find(call.repo.id, revision.tree, path));
    if (!entry || entry->is_directory() || path.empty())
        co_return fail(Code::entry_not_found, "There is no such file at this revision");
    const auto info = CO_TRY(co_await call.services.files.find(call.repo.id, entry->oid));
    if (!info) co_return fail(Code::internal, "A file of the tree is not known");
    co_return *info;
}

std::string_view least_safe(const std::vector<hub::XorbEntry>& entries) {
    if (entries.empty()) return kStates.front();
    const auto rank = [](const hub::XorbEntry& entry) {
        return std::ranges::find(kStates, entry.state) - kStates.begin();
    };
    return *(kStates.begin() + rank(*std::ranges::min_element(entries, {}, rank)));
}

// Adds to each host which part of all bytes it has.
void add_portions(json::array& hosts) {
    double all = 0;
    for (const auto& host : hosts)
        all += host.at("bytes").to_number<double>();
    for (auto& host : hosts)
        host.as_object()["share"] = all > 0 ? host.at("bytes").to_number<double>() / all : 0.0;
}

Task<Result<void>> add_xorbs(RepoCall& call, const xet::Hash& file, json::object& shown) {
    auto& services = call.services;
    const auto rows = CO_TRY(co_await services.database.query(
        "SELECT DISTINCT xorb_hash FROM reconstruction_terms WHERE file_hash = $1"
        " ORDER BY xorb_hash LIMIT $2",
        {file.view(), kMostXorbs + 1}, db::Weight::scan));
    std::vector<xet::Hash> xorbs;
    xorbs.reserve(rows.size());
    for (const auto& row : rows)
        xorbs.push_back(store::hash_column(row, 0));
    if (std::ssize(xorbs) > kMostXorbs) {
        xorbs.resize(kMostXorbs);
        shown["truncated"] = true;
    }
    auto entries = CO_TRY(co_await services.storage.describe(xorbs, call.repo.id, *call.caller));
    hide_errors(*call.caller, entries);
    shown["state"] = least_safe(entries);
    shown["xorbs"] = xorbs_json(services, entries);
    if (services.sia == nullptr) co_return Result<void>{};
    auto places = CO_TRY(co_await services.sia->placement(std::move(xorbs)));
    shown["slabs"] = std::move(places.at("slabs"));
    shown["hosts"] = std::move(places.at("hosts"));
    add_portions(shown["hosts"].as_array());
    co_return Result<void>{};
}

}  // namespace

Answer repo_storage(RepoCall& call) {
    const auto wanted = CO_TRY(hash_page(call.http));
    auto& storage = call.services.storage;
    const auto sums = CO_TRY(co_await storage.summary(call.repo.id, *call.caller));
    auto page =
        CO_TRY(co_await storage.xorbs(call.repo.id, *call.caller, wanted.after, wanted.limit));
    hide_errors(*call.caller, page.xorbs);
    co_return json_response(json::serialize(json::object{
        {"summary", summary_json(sums)},
        {"xorbs", xorbs_json(call.services, page.xorbs)},
        {"inline", json::object{{"files", sums.inline_files}, {"bytes", sums.inline_bytes}}},
        {"cursor", cursor_json(page.next)}}));
}

Answer file_storage(RepoCall& call) {
    const auto path = CO_TRY(decoded_rest(call));
    const auto info = CO_TRY(co_await file_of(call, path));
    json::object shown{
        {"path", path},           {"size", info.size},         {"sha256", to_hex(info.sha256)},
        {"fileHash", nullptr},    {"inline", !info.file_hash}, {"state", kStates.front()},
        {"terms", json::array()}, {"truncated", false},        {"xorbs", json::array()},
        {"slabs", nullptr},       {"hosts", nullptr}};
    if (!info.file_hash) co_return json_response(json::serialize(shown));
    shown["fileHash"] = info.file_hash->hex();
    auto terms = CO_TRY(
        co_await call.services.store.files.terms(*info.file_hash, 0, info.size, kMostTerms + 1));
    shown["truncated"] = std::ssize(terms) > kMostTerms;
    if (std::ssize(terms) > kMostTerms) terms.resize(kMostTerms);
    auto& list = shown["terms"].as_array();
    for (const auto& term : terms)
        list.push_back(term_json(term));
    CO_TRY(co_await add_xorbs(call, *info.file_hash, shown));
    co_return json_response(json::serialize(shown));
}

Answer deletion_preview(RepoCall& call) {
    const auto preview =
        CO_TRY(co_await call.services.storage.deletion(call.repo.id, *call.caller));
    co_return json_response(json::serialize(json::object{{"files", preview.files},
                                                         {"bytes", preview.bytes},
                                                         {"frees", preview.frees},
                                                         {"commits", preview.commits}}));
}

Answer list_assets(Call& call) {
    CO_TRY(require_admin(*call.caller));
    const auto state = call.http.query_value("state").value_or("");
    if (!state.empty() && std::ranges::find(kStates, state) == kStates.end())
        co_return fail(Code::invalid_argument,
                       "\"state\" must be local, stored, packing, uploading or pinned");
    const auto wanted = CO_TRY(hash_page(call.http));
    auto& storage = call.services.storage;
    const auto page =
        CO_TRY(co_await storage.assets(state, *call.caller, wanted.after, wanted.limit));
    const auto count = CO_TRY(co_await storage.asset_count(state));
    co_return json_response(
        json::serialize(json::object{{"xorbs", xorbs_json(call.services, page.xorbs)},
                                     {"total", count.total},
                                     {"countedAt", to_iso8601(count.counted_at)},
                                     {"cursor", cursor_json(page.next)}}));
}

}  // namespace siahub::cas
