#pragma once
// The nouns that every part of the hub shares. Plain values.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "git/oid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace siahub::hub {

using Oid = git::Oid;

enum class RepoKind { model, dataset, space };

// "model", "dataset", "space": the word in the database and in the API.
constexpr std::string_view to_string(RepoKind kind) {
    switch (kind) {
        case RepoKind::model:
            return "model";
        case RepoKind::dataset:
            return "dataset";
        case RepoKind::space:
            return "space";
    }
    return "model";
}

constexpr std::optional<RepoKind> parse_repo_kind(std::string_view word) {
    if (word == "model") return RepoKind::model;
    if (word == "dataset") return RepoKind::dataset;
    if (word == "space") return RepoKind::space;
    return std::nullopt;
}

// A row of `repos`.
struct Repo {
    RowId id = 0;
    RepoKind kind = RepoKind::model;
    RowId owner_id = 0;
    std::string ns, name;
    bool is_private = false;
    std::string gated, default_branch, sdk;
    std::string card;  // JSON; empty until load_card or a list fills it
    std::int64_t downloads = 0, likes = 0;
    UnixMillis created_at = 0, updated_at = 0;

    [[nodiscard]] std::string full_name() const { return ns + "/" + name; }
};

// Who makes a commit.
struct Author {
    RowId user_id = 0;
    std::string name, email;
    RowId key_id = 0;  // by which he came; 0: none
};

}  // namespace siahub::hub
