#include "hub/repos.hpp"

#include "db/transact.hpp"
#include "hub/cards.hpp"
#include "hub/commits.hpp"
#include "hub/events.hpp"
#include "hub/git_paths.hpp"
#include "hub/initial_files.hpp"
#include "hub/repo_lock.hpp"
#include "hub/repo_move.hpp"
#include "hub/repo_row.hpp"
#include "hub/search_index.hpp"

#include <algorithm>
#include <array>

namespace siahub::hub {
namespace {

constexpr std::string_view kDefaultBranch = "main";
constexpr std::array<std::string_view, 3> kGatedModes = {"", "auto", "manual"};

// The repository itself and everything that hangs on it, but for its place in the search index.
constexpr std::array<std::string_view, 17> kDeletions = {
    "DELETE FROM repos WHERE id = $1",
    "DELETE FROM repo_tags WHERE repo_id = $1",
    "DELETE FROM repo_cards WHERE repo_id = $1",
    "DELETE FROM repo_redirects WHERE repo_id = $1",
    "DELETE FROM repo_refs WHERE repo_id = $1",
    "DELETE FROM repo_lineages WHERE repo_id = $1",
    "DELETE FROM repo_commits WHERE repo_id = $1",
    "DELETE FROM path_history WHERE repo_id = $1",
    "DELETE FROM repo_trees WHERE repo_id = $1",
    "DELETE FROM repo_files WHERE repo_id = $1",
    "DELETE FROM lfs_objects WHERE repo_id = $1",
    "DELETE FROM shards WHERE repo_id = $1",
    "DELETE FROM reconstruction_files WHERE repo_id = $1",
    "DELETE FROM repo_durability WHERE repo_id = $1",
    "DELETE FROM dedup_chunks WHERE repo_id = $1",
    "DELETE FROM xorb_uploads WHERE repo_id = $1",
    "DELETE FROM repo_downloads WHERE repo_id = $1",
};

Result<void> check_sdk(const NewRepo& repo) {
    if (repo.kind != RepoKind::space || is_space_sdk(repo.sdk)) return {};
    return fail(Code::invalid_argument,
                "A space needs an sdk: one of gradio, streamlit, docker, static");
}

NewEvent event_of(std::string_view what, const Caller& caller, const Repo& repo) {
    return {.what = what, .user = caller.user_id, .repo = repo.id, .key = caller.key_id};
}

}  // namespace

Task<Result<CreatedRepo>> Repos::create(const Caller& caller, NewRepo wanted, Naming naming) {
    const auto space = CO_TRY(co_await access_.open_namespace(wanted.ns, caller));
    CO_TRY(check_repo_name(space.name, wanted.name, naming));
    CO_TRY(check_sdk(wanted));
    for (const auto& file : wanted.files)
        CO_TRY(check_path(file.path));
    const auto now = clock_.now();
    Repo repo;
    repo.id = new_row_id(now);
    repo.kind = wanted.kind;
    repo.owner_id = space.owner_id;
    repo.ns = space.name;
    repo.name = wanted.name;
    repo.is_private = wanted.is_private;
    repo.default_branch = kDefaultBranch;
    if (wanted.kind == RepoKind::space) repo.sdk = wanted.sdk;
    repo.created_at = repo.updated_at = now;
    const auto files = CO_TRY(initial_files(std::move(wanted)));

    co_return co_await db::transact(db_, db::Isolation::read_committed,
                                    std::bind_front(&Repos::insert, this), repo, files, caller);
}

// Whoever inserts the name second waits for the first and then finds it taken.
Task<Result<CreatedRepo>> Repos::insert(db::Transaction& tx, const Repo& repo,
                                        const std::vector<InitialFile>& files,
                                        const Caller& caller) {
    const bool created = CO_TRY(co_await insert_repo(tx, repo, caller.user_id));
    if (created) {
        CO_TRY(co_await write_initial_commit(tx, repo, files, caller));
        CO_TRY(co_await write_event(tx, repo.created_at, event_of(event::kCreate, caller, repo)));
    }
    auto made = CO_TRY(co_await load_repo(tx, repo.kind, repo.ns, repo.name));
    if (created) CO_TRY(co_await tx.commit());
    co_return CreatedRepo{std::move(made), created};
}

Task<Result<void>> Repos::write_initial_commit(db::Transaction& tx, const Repo& repo,
                                               std::span<const InitialFile> files,
                                               const Caller& caller) {
    std::vector<RootFile> root;
    root.reserve(files.size());
    for (const auto& file : files)
        root.push_back({file.path, file.content});
    CO_TRY(co_await commits_.create_root(tx, repo, kDefaultBranch, root, caller.author(),
                                         "initial commit"));
    const auto readme = std::ranges::find(files, "README.md", &InitialFile::path);
    if (readme == files.end()) co_return Result<void>{};
    co_return co_await refresh_card(tx, repo.id, repo.kind, as_chars(readme->content));
}

Task<Result<void>> Repos::remove(const Caller& caller, RepoKind kind, RepoId id) {
    const auto opened =
        CO_TRY(co_await access_.open_repo(kind, id.ns, id.name, caller, Need::admin));
    // A former name must not delete what has another name by now.
    if (opened.renamed) co_return std::unexpected(repo_not_found());
    co_return co_await db::transact(db_, db::Isolation::read_committed,
                                    std::bind_front(&Repos::erase, this), opened.repo, caller);
}

Task<Result<void>> Repos::erase(db::Transaction& tx, const Repo& repo, const Caller& caller) {
    CO_TRY(co_await lock_repo(tx, repo.id));
    CO_TRY(co_await unindex_name(tx, repo.id));
    const std::array<db::Params, 1> batch = {db::Params{repo.id}};
    for (const auto statement : kDeletions)
        CO_TRY(co_await tx.execute_many(statement, batch));
    auto event = event_of(event::kDelete, caller, repo);
    event.about = place_of(repo);
    CO_TRY(co_await write_event(tx, clock_.now(), std::move(event)));
    co_return co_await tx.commit();
}

Task<Result<Repo>> Repos::move(const Caller& caller, RepoKind kind, RepoId from, RepoId to,
                               Naming naming) {
    const auto opened =
        CO_TRY(co_await access_.open_repo(kind, from.ns, from.name, caller, Need::admin));
    const auto space = CO_TRY(co_await access_.open_namespace(to.ns, caller));
    CO_TRY(check_repo_name(space.name, to.name, naming));
    co_return co_await db::transact(db_, db::Isolation::serializable,
                                    std::bind_front(&Repos::rename_and_load, this), opened.repo,
                                    space, to.name, caller);
}

Task<Result<Repo>> Repos::rename_and_load(db::Transaction& tx, const Repo& repo,
                                          const Namespace& space, std::string_view name,
                                          const Caller& caller) {
    CO_TRY(co_await lock_owner(tx, space.owner_id));
    CO_TRY(co_await move_repo(tx, repo, space, name));
    auto moved = CO_TRY(co_await load_repo(tx, repo.kind, space.name, name));
    auto event = event_of(event::kRepoRenamed, caller, repo);
    event.about = place_of(repo);
    CO_TRY(co_await write_event(tx, clock_.now(), std::move(event)));
    CO_TRY(co_await tx.commit());
    co_return moved;
}

Task<Result<Repo>> Repos::change_settings(const Caller& caller, RepoKind kind, RepoId id,
                                          RepoSettings settings) {
    const auto opened =
        CO_TRY(co_await access_.open_repo(kind, id.ns, id.name, caller, Need::admin));
    if (settings.gated && std::ranges::find(kGatedModes, *settings.gated) == kGatedModes.end())
        co_return fail(Code::invalid_argument, "gated: one of false, \"auto\", \"manual\"");
    co_return co_await db::transact(db_, db::Isolation::read_committed,
                                    std::bind_front(&Repos::write_settings, this), opened.repo,
                                    settings, caller);
}

Task<Result<Repo>> Repos::write_settings(db::Transaction& tx, const Repo& before,
                                         const RepoSettings& settings, const Caller& caller) {
    db::Param is_private = nullptr;
    db::Param gated = nullptr;
    if (settings.is_private) is_private = std::int64_t{*settings.is_private};
    if (settings.gated) gated = std::string_view(*settings.gated);
    const auto rows = CO_TRY(co_await tx.query(
        "UPDATE repos SET private = coalesce($1, private), gated = coalesce($2, gated)"
        " WHERE id = $3 RETURNING " SIAHUB_REPO_COLUMNS,
        {is_private, gated, before.id}));
    if (rows.empty()) co_return std::unexpected(repo_not_found());  // deleted meanwhile
    auto repo = repo_from_row(rows.front());
    auto event = event_of(event::kRepoVisibility, caller, repo);
    if (repo.is_private != before.is_private) {
        event.detail = repo.is_private ? "private" : "public";
        CO_TRY(co_await write_event(tx, clock_.now(), event));
    }
    if (repo.gated != before.gated) {
        event.detail = repo.gated.empty() ? "not gated" : "gated " + repo.gated;
        CO_TRY(co_await write_event(tx, clock_.now(), event));
    }
    CO_TRY(co_await tx.commit());
    co_return repo;
}

}  // namespace siahub::hub
