#pragma once
// What the hub makes of a repository card: its faults (POST /api/validate-yaml), the JSON that repo
// info shows as cardData, and the tags that `filter=` of the lists matches.

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

CardReport validate_card(std::string_view readme, RepoKind kind);

// Sorted, without doubles.
std::vector<std::string> card_tags(const boost::json::object& card, RepoKind kind);

// Replaces card, sdk of a space, and tags of the repository by what README.md on its default branch
// says; nullopt: there is none. Front matter that does not parse leaves an empty card, because a
// push must not fail on it. Call it in the transaction of the commit that touched the file, or else
// after it.
Task<Result<void>> refresh_card(db::Transaction& tx, RowId repo_id, RepoKind kind,
                                std::optional<std::string_view> readme);
Task<Result<void>> refresh_card(db::Database& database, RowId repo_id, RepoKind kind,
                                std::optional<std::string_view> readme);

}  // namespace siahub::hub
