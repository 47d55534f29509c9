#pragma once
// What the hub makes of a repository card: its faults (POST /api/validate-yaml), the JSON that repo
// info shows as cardData, and the tags that `filter=` of the lists matches. Cards lie in a table of
// their own (some have half a megabyte of evaluation results), so that opening a repository does
// not read them: Repo::card is empty until load_card fills it.

#include "core/result.hpp"
#include "core/task.hpp"
#include "db/database.hpp"
#include "hub/types.hpp"

#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace siahub::hub {

struct CardReport {
    std::vector<std::string> errors;  // any: answer 400
    std::vector<std::string> warnings;
};

// gradio, streamlit, docker or static.
[[nodiscard]] bool is_space_sdk(std::string_view word);

// Takes up to some 50 ms for a README of a megabyte: large ones belong on a pool.
CardReport validate_card(std::string_view readme, RepoKind kind);

// Sorted, without doubles.
std::vector<std::string> card_tags(const boost::json::object& card, RepoKind kind);

// Replaces card, sdk of a space, and tags of the repository by what README.md on its default branch
// says; nullopt: there is none. Front matter that does not parse leaves an empty card, because a
// push must not fail on it. Call it in the transaction of the commit that touched the file.
Task<Result<void>> refresh_card(db::Transaction& tx, RowId repo_id, RepoKind kind,
                                std::optional<std::string_view> readme);

// Fills Repo::card: JSON, "{}" when there is none. Lists fill it without "model-index".
Task<Result<void>> load_card(db::Database& database, Repo& repo);

}  // namespace siahub::hub
