#include "hub/access.hpp"

#include "hub/names.hpp"
#include "hub/repo_row.hpp"

namespace siahub::hub {
namespace {

std::string described(const Repo& repo) {
    return std::string(to_string(repo.kind)) + " repository " + repo.full_name();
}

Failure denied_write(const Repo& repo) {
    return fail(Code::forbidden, "Forbidden: you have no write access to the " + described(repo) +
                                     ". Ask an administrator of " + repo.ns +
                                     " for the write role");
}

Failure denied_by_scope() {
    return fail(Code::forbidden,
                "This key has read scope and may not change anything. Use a key with write scope");
}

Failure denied_content(const Repo& repo) {
    return fail(Code::gated, "Access to " + std::string(to_string(repo.kind)) + " " +
                                 repo.full_name() +
                                 " is restricted and you are not in the authorized list. Ask " +
                                 repo.ns + " for access");
}

bool may_write(OrgRole role, RowId creator_id, const Caller& caller) {
    if (role == OrgRole::contributor) return creator_id == caller.user_id;
    return role == OrgRole::write || role == OrgRole::admin;
}

struct Found {
    Repo repo;
    RowId creator_id;
};

std::optional<Found> first(const db::Rows& rows) {
    if (rows.empty()) return std::nullopt;
    return Found{repo_from_row(rows.front()), rows.front().integer(kRepoColumnCount)};
}

Task<Result<std::optional<Found>>> find_by_name(db::Database& database, RepoKind kind,
                                                std::string_view key) {
    co_return first(CO_TRY(co_await database.query(
        "SELECT " SIAHUB_REPO_COLUMNS ", creator_id FROM repos WHERE kind = $1 AND full_key = $2",
        {to_string(kind), key})));
}

Task<Result<std::optional<Found>>> find_by_former_name(db::Database& database, RepoKind kind,
                                                       std::string_view key) {
    co_return first(
        CO_TRY(co_await database.query(
            "SELECT " SIAHUB_REPO_COLUMNS ", creator_id FROM repos WHERE id ="
            " (SELECT repo_id FROM repo_redirects WHERE kind = $1 AND full_key = $2)",
            {to_string(kind), key})));
}

}  // namespace

Error repo_not_found() {
    return {Code::repo_not_found, "Repository not found"};
}

Result<void> check_access(const Repo& repo, RowId creator_id, const Caller& caller, Need need) {
    const auto role = caller.role_in(repo.owner_id);
    if (repo.is_private && !role) return std::unexpected(repo_not_found());
    if (need == Need::read) return {};
    if (need == Need::content) {
        if (!repo.gated.empty() && !role) return denied_content(repo);
        return {};
    }
    if (caller.anonymous())
        return fail(Code::unauthorized, "Changing the " + described(repo) + " needs a key");
    if (!role || !may_write(*role, creator_id, caller)) return denied_write(repo);
    if (caller.scope == KeyScope::read) return denied_by_scope();
    return {};
}

Task<Result<OpenedRepo>> Access::open_repo(RepoKind kind, std::string_view ns,
                                           std::string_view name, const Caller& caller, Need need) {
    const auto key = full_key(ns, name);
    auto found = CO_TRY(co_await find_by_name(db_, kind, key));
    const bool renamed = !found;
    if (renamed) found = CO_TRY(co_await find_by_former_name(db_, kind, key));
    if (!found) co_return std::unexpected(repo_not_found());
    CO_TRY(check_access(found->repo, found->creator_id, caller, need));
    co_return OpenedRepo{std::move(found->repo), renamed};
}

Task<Result<OpenedRepo>> Access::open_repo(RepoKind kind, std::string_view id, const Caller& caller,
                                           Need need) {
    const auto [ns, name] = CO_TRY(parse_repo_id(id));
    co_return co_await open_repo(kind, ns, name, caller, need);
}

Task<Result<OpenedRepo>> Access::open_repo(RowId id, const Caller& caller, Need need) {
    auto found = first(CO_TRY(co_await db_.query(
        "SELECT " SIAHUB_REPO_COLUMNS ", creator_id FROM repos WHERE id = $1", {id})));
    if (!found) co_return std::unexpected(repo_not_found());
    CO_TRY(check_access(found->repo, found->creator_id, caller, need));
    co_return OpenedRepo{std::move(found->repo), false};
}

Task<Result<Namespace>> Access::open_namespace(std::string_view name, const Caller& caller) {
    if (caller.anonymous()) co_return fail(Code::unauthorized, "Creating a repository needs a key");
    if (caller.scope == KeyScope::read) co_return denied_by_scope();
    const auto key = name_key(name);
    if (name.empty() || key == name_key(caller.name))
        co_return Namespace{caller.user_id, caller.name};
    for (const auto& org : caller.memberships)
        if (name_key(org.name) == key && org.role != OrgRole::read)
            co_return Namespace{org.org_id, org.name};
    co_return fail(Code::forbidden,
                   "You don't have the rights to create a repository under the "
                   "namespace \"" +
                       std::string(name) + "\"");
}

}  // namespace siahub::hub
