#include "hub/cards.hpp"

#include "hub/front_matter.hpp"

#include <array>

#include <boost/json/serialize.hpp>

namespace siahub::hub {
namespace {

namespace json = boost::json;

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
    for (const auto& tag : tags)
        CO_TRY(co_await tx.query("INSERT INTO repo_tags (repo_id, tag) VALUES ($1, $2)",
                                 {repo_id, tag}));
    co_return Result<void>{};
}

}  // namespace

Task<Result<void>> refresh_card(db::Transaction& tx, RowId repo_id, RepoKind kind,
                                std::optional<std::string_view> readme) {
    const auto card = card_of(readme);
    const auto text = json::serialize(card);
    CO_TRY(co_await replace_tags(tx, repo_id, card_tags(card, kind)));
    if (card.empty())
        CO_TRY(co_await tx.query("DELETE FROM repo_cards WHERE repo_id = $1", {repo_id}));
    else
        CO_TRY(
            co_await tx.query("INSERT INTO repo_cards (repo_id, card) VALUES ($1, $2)"
                              " ON CONFLICT (repo_id) DO UPDATE SET card = excluded.card",
                              {repo_id, text}));
    const auto sdk = sdk_of(card);
    if (kind == RepoKind::space && is_space_sdk(sdk))
        CO_TRY(co_await tx.query("UPDATE repos SET sdk = $1 WHERE id = $2", {sdk, repo_id}));
    co_return Result<void>{};
}

Task<Result<void>> load_card(db::Database& database, Repo& repo) {
    const auto rows = CO_TRY(
        co_await database.query("SELECT card FROM repo_cards WHERE repo_id = $1", {repo.id}));
    repo.card = rows.empty() ? "{}" : rows.front().text(0);
    co_return Result<void>{};
}

}  // namespace siahub::hub
