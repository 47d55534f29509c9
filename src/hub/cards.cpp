#include "hub/cards.hpp"

#include "hub/front_matter.hpp"

#include <boost/json/serialize.hpp>

namespace siahub::hub {
namespace {

namespace json = boost::json;

constexpr std::string_view kModelIndex = "model-index";

json::object card_of(std::optional<std::string_view> readme) {
    if (!readme) return {};
    return parse_front_matter(*readme).value_or(json::object());
}

std::string sdk_of(const json::object& card) {
    const auto* sdk = card.if_contains("sdk");
    if (sdk == nullptr || !sdk->is_string()) return {};
    return {sdk->get_string().data(), sdk->get_string().size()};
}

Task<Result<void>> replace_tags(db::Transaction& tx, RowId repo_id,
                                const std::vector<std::string>& tags) {
    CO_TRY(co_await tx.query("DELETE FROM repo_tags WHERE repo_id = $1", {repo_id}));
    for (const auto& tag : tags) {
        if (tag.contains('\0')) continue;  // YAML can write it, PostgreSQL cannot
        CO_TRY(co_await tx.query("INSERT INTO repo_tags (repo_id, tag) VALUES ($1, $2)",
                                 {repo_id, tag}));
    }
    co_return Result<void>{};
}

Task<Result<void>> replace_card(db::Transaction& tx, RowId repo_id, json::object card) {
    if (card.empty()) {
        CO_TRY(co_await tx.query("DELETE FROM repo_cards WHERE repo_id = $1", {repo_id}));
        co_return Result<void>{};
    }
    std::string index;
    db::Param model_index = nullptr;
    if (const auto found = card.find(kModelIndex); found != card.end()) {
        index = json::serialize(found->value());
        model_index = std::string_view(index);
        card.erase(found);
    }
    const auto text = json::serialize(card);
    CO_TRY(
        co_await tx.query("INSERT INTO repo_cards (repo_id, card, model_index) VALUES ($1, $2, $3) "
                          "ON CONFLICT (repo_id)"
                          " DO UPDATE SET card = excluded.card, model_index = excluded.model_index",
                          {repo_id, text, model_index}));
    co_return Result<void>{};
}

}  // namespace

Task<Result<void>> refresh_card(db::Transaction& tx, RowId repo_id, RepoKind kind,
                                std::optional<std::string_view> readme) {
    auto card = card_of(readme);
    CO_TRY(co_await replace_tags(tx, repo_id, card_tags(card, kind)));
    CO_TRY(co_await replace_card(tx, repo_id, card));
    const auto sdk = sdk_of(card);
    if (kind == RepoKind::space && is_space_sdk(sdk))
        CO_TRY(co_await tx.query("UPDATE repos SET sdk = $1 WHERE id = $2", {sdk, repo_id}));
    co_return Result<void>{};
}

Task<Result<void>> load_card(db::Database& database, Repo& repo) {
    const auto rows = CO_TRY(co_await database.query(
        "SELECT card, model_index FROM repo_cards WHERE repo_id = $1", {repo.id}));
    repo.card = rows.empty() ? "{}" : rows.front().text(0);
    if (rows.empty() || rows.front().is_null(1)) co_return Result<void>{};
    repo.card.pop_back();
    if (repo.card.size() > 1) repo.card += ",";
    repo.card.append("\"").append(kModelIndex).append("\":").append(rows.front().text(1));
    repo.card += "}";
    co_return Result<void>{};
}

}  // namespace siahub::hub
