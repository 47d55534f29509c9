#include "hub/refs.hpp"

#include "db/transact.hpp"
#include "git/tree.hpp"
#include "hub/commit_rows.hpp"
#include "hub/git_paths.hpp"
#include "hub/repo_lock.hpp"

#include <algorithm>

namespace siahub::hub {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kTags = "refs/tags/";
constexpr std::size_t kShortestId = 4;
constexpr std::size_t kIdDigits = 2 * Oid::kSize;

Failure unknown_revision(std::string_view revision) {
    return fail(Code::revision_not_found, "Invalid rev id: " + std::string(revision));
}

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

std::string_view word_of(Ref::Kind kind) {
    return kind == Ref::Kind::branch ? "branch" : "tag";
}

Ref::Kind kind_of(std::string_view word) {
    return word == "branch" ? Ref::Kind::branch : Ref::Kind::tag;
}

// `kinds` is the tail of the statement that says which kinds of name count.
Task<Result<std::optional<Revision>>> find_ref(db::Database& database, RowId repo, Ref::Kind first,
                                               Ref::Kind second, std::string_view name) {
    const auto rows = CO_TRY(co_await database.query(
        "SELECT r.kind, r.target, c.tree FROM repo_refs r"
        " JOIN repo_commits c ON c.repo_id = r.repo_id AND c.oid = r.target"
        " WHERE r.repo_id = $1 AND r.kind IN ($2, $3) AND r.name = $4 ORDER BY r.kind",
        {repo, word_of(first), word_of(second), name}));
    if (rows.empty()) co_return std::nullopt;
    const Ref ref{kind_of(rows[0].text(0)), std::string(name), oid_of(rows[0], 1)};
    co_return Revision{ref.target, oid_of(rows[0], 2), ref.full_name()};
}

// A commit by a unique beginning of its id.
Task<Result<std::optional<Revision>>> find_commit(db::Database& database, RowId repo,
                                                  std::string_view digits) {
    std::string low(digits);
    std::string high(digits);
    low.resize(kIdDigits, '0');
    high.resize(kIdDigits, 'f');
    const auto first = Oid::parse(low);
    const auto last = Oid::parse(high);
    if (!first || !last) co_return std::nullopt;
    const auto rows = CO_TRY(co_await database.query(
        "SELECT oid, tree FROM repo_commits WHERE repo_id = $1 AND oid >= $2 AND oid <= $3 LIMIT 2",
        {repo, first->bytes(), last->bytes()}));
    if (rows.size() != 1) co_return std::nullopt;
    co_return Revision{oid_of(rows[0], 0), oid_of(rows[0], 1), {}};
}

// Git keeps names like paths of files: "a" and "a/b" cannot both be.
Task<Result<void>> check_neighbours(db::Transaction& transaction, RowId repo, Ref::Kind kind,
                                    std::string_view name) {
    const auto refuse = [&](const std::string& other) {
        return fail(Code::invalid_argument, "'" + Ref{kind, other, {}}.full_name() +
                                                "' exists; cannot create '" +
                                                Ref{kind, std::string(name), {}}.full_name() + "'");
    };
    for (auto slash = name.find('/'); slash != std::string_view::npos;
         slash = name.find('/', slash + 1)) {
        const auto above = name.substr(0, slash);
        const auto rows = CO_TRY(co_await transaction.query(
            "SELECT 1 FROM repo_refs WHERE repo_id = $1 AND kind = $2 AND name = $3",
            {repo, word_of(kind), above}));
        if (!rows.empty()) co_return refuse(std::string(above));
    }
    const auto low = std::string(name) + "/";
    const auto high = std::string(name) + "0";  // the character after the slash
    const auto below = CO_TRY(co_await transaction.query(
        "SELECT name FROM repo_refs WHERE repo_id = $1 AND kind = $2 AND name > $3 AND name < $4"
        " LIMIT 1",
        {repo, word_of(kind), low, high}));
    if (!below.empty()) co_return refuse(below[0].text(0));
    co_return Result<void>{};
}

Task<Result<bool>> exists(db::Transaction& transaction, RowId repo, Ref::Kind kind,
                          std::string_view name) {
    const auto rows = CO_TRY(co_await transaction.query(
        "SELECT 1 FROM repo_refs WHERE repo_id = $1 AND kind = $2 AND name = $3",
        {repo, word_of(kind), name}));
    co_return !rows.empty();
}

Task<Result<void>> point_at(db::Transaction& transaction, RowId repo, Ref::Kind kind,
                            std::string_view name, const Oid& target) {
    CO_TRY(co_await transaction.query(
        "INSERT INTO repo_refs (repo_id, kind, name, target) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (repo_id, kind, name) DO UPDATE SET target = excluded.target",
        {repo, word_of(kind), name, target.bytes()}));
    co_return Result<void>{};
}

Failure taken(Ref::Kind kind, std::string_view name) {
    return fail(Code::conflict,
                "Reference " + Ref{kind, std::string(name), {}}.full_name() + " already exists");
}

Task<Result<void>> write_branch(db::Transaction& transaction, RowId repo, const NewBranch& branch,
                                Oid target, const NewCommit& orphan) {
    CO_TRY(co_await lock_repo(transaction, repo));
    if (CO_TRY(co_await exists(transaction, repo, Ref::Kind::branch, branch.name))) {
        if (!branch.overwrite) co_return taken(Ref::Kind::branch, branch.name);
        if (branch.starting_point.empty() && !branch.empty) co_return Result<void>{};
    }
    CO_TRY(co_await check_neighbours(transaction, repo, Ref::Kind::branch, branch.name));
    if (branch.empty) target = CO_TRY(co_await insert_commit(transaction, repo, orphan)).oid;
    CO_TRY(co_await point_at(transaction, repo, Ref::Kind::branch, branch.name, target));
    co_return co_await transaction.commit();
}

Task<Result<void>> write_tag(db::Transaction& transaction, RowId repo, std::string_view name,
                             const Oid& target) {
    CO_TRY(co_await lock_repo(transaction, repo));
    if (CO_TRY(co_await exists(transaction, repo, Ref::Kind::tag, name)))
        co_return taken(Ref::Kind::tag, name);
    CO_TRY(co_await check_neighbours(transaction, repo, Ref::Kind::tag, name));
    CO_TRY(co_await point_at(transaction, repo, Ref::Kind::tag, name, target));
    co_return co_await transaction.commit();
}

}  // namespace

Task<Result<Revision>> Refs::resolve(const Repo& repo, std::string_view revision) {
    using enum Ref::Kind;
    const bool full_id = revision.size() == kIdDigits && is_hex(revision);
    std::optional<Revision> found;
    if (full_id) found = CO_TRY(co_await find_commit(database_, repo.id, revision));
    if (!found && revision == "HEAD")
        found = CO_TRY(co_await find_ref(database_, repo.id, branch, branch, repo.default_branch));
    if (!found && revision.starts_with(kHeads))
        found = CO_TRY(
            co_await find_ref(database_, repo.id, branch, branch, revision.substr(kHeads.size())));
    if (!found && revision.starts_with(kTags))
        found =
            CO_TRY(co_await find_ref(database_, repo.id, tag, tag, revision.substr(kTags.size())));
    if (!found) found = CO_TRY(co_await find_ref(database_, repo.id, branch, tag, revision));
    if (!found && !full_id && revision.size() >= kShortestId && revision.size() < kIdDigits &&
        is_hex(revision))
        found = CO_TRY(co_await find_commit(database_, repo.id, revision));
    if (!found) co_return unknown_revision(revision);
    co_return *std::move(found);
}

Task<Result<Revision>> Refs::resolve_branch(const Repo& repo, std::string_view branch) {
    auto name = branch;
    if (name.starts_with(kHeads)) name.remove_prefix(kHeads.size());
    auto found =
        CO_TRY(co_await find_ref(database_, repo.id, Ref::Kind::branch, Ref::Kind::branch, name));
    if (!found) co_return unknown_revision(branch);
    co_return *std::move(found);
}

Task<Result<std::vector<Ref>>> Refs::list(const Repo& repo) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT kind, name, target FROM repo_refs WHERE repo_id = $1 ORDER BY kind, name",
        {repo.id}));
    std::vector<Ref> refs;
    refs.reserve(rows.size());
    for (const auto& row : rows)
        refs.push_back({kind_of(row.text(0)), row.text(1), oid_of(row, 2)});
    co_return refs;
}

Task<Result<void>> Refs::create_branch(const Repo& repo, const NewBranch& branch,
                                       const Author& author) {
    // A branch with the form of a commit id could not be asked for by its name.
    if (!is_valid_ref_name(branch.name) || (branch.name.size() == kIdDigits && is_hex(branch.name)))
        co_return fail(Code::invalid_argument, "Invalid reference for a branch");
    const auto start = branch.starting_point.empty() ? repo.default_branch : branch.starting_point;
    Oid target;
    if (!branch.empty) target = CO_TRY(co_await resolve(repo, start)).commit;
    const NewCommit orphan{.tree = git::empty_tree_id(),
                           .author = author,
                           .message = "initial commit",
                           .now = clock_.now()};
    co_return co_await db::transact(database_, db::Isolation::read_committed, write_branch, repo.id,
                                    branch, target, orphan);
}

Task<Result<void>> Refs::delete_branch(const Repo& repo, std::string_view name) {
    auto short_name = name;
    if (short_name.starts_with(kHeads)) short_name.remove_prefix(kHeads.size());
    if (short_name == repo.default_branch)
        co_return fail(Code::invalid_argument, "Cannot delete refs/heads/" + repo.default_branch);
    const auto rows = CO_TRY(co_await database_.execute(
        "DELETE FROM repo_refs WHERE repo_id = $1 AND kind = 'branch' AND name = $2 RETURNING name",
        {repo.id, short_name}));
    if (rows.empty()) co_return unknown_revision(name);
    co_return Result<void>{};
}

Task<Result<void>> Refs::create_tag(const Repo& repo, std::string_view name,
                                    std::string_view revision) {
    const auto target = CO_TRY(co_await resolve(repo, revision)).commit;
    if (!is_valid_ref_name(name))
        co_return fail(Code::invalid_argument, "Invalid reference for a tag");
    co_return co_await db::transact(database_, db::Isolation::read_committed, write_tag, repo.id,
                                    name, target);
}

Task<Result<void>> Refs::delete_tag(const Repo& repo, std::string_view name) {
    auto short_name = name;
    if (short_name.starts_with(kTags)) short_name.remove_prefix(kTags.size());
    const auto rows = CO_TRY(co_await database_.execute(
        "DELETE FROM repo_refs WHERE repo_id = $1 AND kind = 'tag' AND name = $2 RETURNING name",
        {repo.id, short_name}));
    if (rows.empty()) co_return unknown_revision(name);
    co_return Result<void>{};
}

}  // namespace siahub::hub
