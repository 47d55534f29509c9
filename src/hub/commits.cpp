#include "hub/commits.hpp"

#include "db/transact.hpp"
#include "git/lfs_pointer.hpp"
#include "hub/cards.hpp"
#include "hub/commit_rows.hpp"
#include "hub/git_paths.hpp"

namespace siahub::hub {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kReadme = "README.md";
constexpr std::size_t kShortestParent = 5;
// Only other processes can make a commit lose the race for its branch.
constexpr int kAttempts = 64;

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

Result<std::string> make_message(std::string_view summary, std::string_view description) {
    std::string message(trim(summary));
    if (message.empty()) return fail(Code::invalid_argument, "A commit needs a summary");
    if (const auto body = trim(description); !body.empty()) message.append("\n\n").append(body);
    if (message.contains('\0'))
        return fail(Code::invalid_argument, "A commit message cannot hold a NUL character");
    return message;
}

// A commit id cut short, in lower case; empty when any parent will do.
Result<std::string> read_parent(std::string_view text) {
    std::string digits(text);
    for (auto& c : digits) {
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c + 32);
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) digits.clear();
    }
    if (!text.empty() && (digits.size() < kShortestParent || digits.size() > 2 * Oid::kSize))
        return fail(Code::invalid_argument, "parentCommit: 5 to 40 hex digits");
    return digits;
}

Task<Result<void>> insert_trees(db::Transaction& transaction, RowId repo,
                                std::span<const NewTree> trees) {
    std::vector<db::Params> rows;
    rows.reserve(trees.size());
    for (const auto& tree : trees)
        rows.push_back({repo, tree.oid.bytes(), ByteView(tree.body)});
    if (!rows.empty())
        CO_TRY(co_await transaction.execute_many(
            "INSERT INTO repo_trees (repo_id, oid, body) VALUES ($1, $2, $3)"
            " ON CONFLICT (repo_id, oid) DO NOTHING",
            rows));
    co_return Result<void>{};
}

Task<Result<void>> insert_changes(db::Transaction& transaction, RowId repo, Position position,
                                  std::span<const std::string> paths) {
    std::vector<db::Params> rows;
    rows.reserve(paths.size());
    for (const auto& path : paths)
        rows.push_back({repo, std::string_view(path), position.lineage, position.depth});
    if (!rows.empty())
        CO_TRY(co_await transaction.execute_many(
            "INSERT INTO path_history (repo_id, path, lineage, depth) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (repo_id, path, lineage, depth) DO NOTHING",
            rows));
    co_return Result<void>{};
}

// False when the branch is not at `from` any more.
Task<Result<bool>> move_branch(db::Transaction& transaction, RowId repo, std::string_view branch,
                               const Oid& from, const Oid& to) {
    const auto rows = CO_TRY(co_await transaction.query(
        "UPDATE repo_refs SET target = $1"
        " WHERE repo_id = $2 AND kind = 'branch' AND name = $3 AND target = $4 RETURNING name",
        {to.bytes(), repo, branch, from.bytes()}));
    co_return !rows.empty();
}

// The first statement of a commit: from here on it is alone with the repository (repo_lock.hpp).
// False when that was deleted.
Task<Result<bool>> touch_repo(db::Transaction& transaction, RowId repo, UnixMillis now) {
    const auto rows = CO_TRY(co_await transaction.query(
        "UPDATE repos SET updated_at = $1 WHERE id = $2 RETURNING id", {now, repo}));
    co_return !rows.empty();
}

Task<Result<void>> log_commit(db::Transaction& transaction, RowId repo, RowId user,
                              std::uint64_t bytes, UnixMillis now) {
    CO_TRY(co_await transaction.query(
        "INSERT INTO usage_log (id, at, event, user_id, repo_id, bytes)"
        " VALUES ($1, $2, 'commit', $3, $4, $5)",
        {new_row_id(now), now, user, repo, static_cast<std::int64_t>(bytes)}));
    co_return Result<void>{};
}

}  // namespace

// What stays the same while a commit is tried on one head after another.
struct Commits::Draft {
    const Repo& repo;
    std::string branch;
    std::string message;
    std::string parent;  // beginning of the id that the head must have
    const Author& author;
};

// What a commit writes besides.
struct Commits::NewRows {
    const CommitInfo& head;
    const BuiltCommit& built;
    bool new_readme = false;
    const std::optional<std::string>& readme;
    UnixMillis now = 0;
};

Commits::Commits(db::Database& database, TreeStore& trees, Files& files, Refs& refs,
                 History& history, const Clock& clock)
    : database_(database),
      trees_(trees),
      files_(files),
      refs_(refs),
      history_(history),
      clock_(clock) {}

Task<Result<CommitResult>> Commits::commit(const Repo& repo, std::string_view branch,
                                           const CommitRequest& request, const Author& author) {
    if (branch.starts_with(kHeads)) branch.remove_prefix(kHeads.size());
    const Draft draft{repo, std::string(branch),
                      CO_TRY(make_message(request.summary, request.description)),
                      CO_TRY(read_parent(request.parent_commit)), author};
    const auto turn = co_await queue_.wait(repo.id, draft.branch);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto head = CO_TRY(co_await load_head(draft));
        if (const auto result = CO_TRY(co_await commit_onto(head, draft, request)))
            co_return *result;
    }
    co_return fail(Code::unavailable, "The branch is too busy; try again");
}

Task<Result<CommitInfo>> Commits::load_head(const Draft& draft) {
    const auto head = CO_TRY(co_await refs_.resolve_branch(draft.repo, draft.branch));
    co_return co_await history_.commit(draft.repo.id, head.commit);
}

Task<Result<std::optional<CommitResult>>> Commits::commit_onto(const CommitInfo& head,
                                                               const Draft& draft,
                                                               const CommitRequest& request) {
    Result<BuiltCommit> built =
        fail(Code::precondition_failed,
             "The branch was updated since you opened this page. Please refresh and try again.");
    if (head.oid.hex().starts_with(draft.parent))
        built = co_await CommitBuilder(trees_, files_, draft.repo.id)
                    .build(head.tree, request.operations);
    if (!built) {
        if (CO_TRY(co_await is_replay(head, draft, request)))
            co_return CommitResult{head.oid, false};
        co_return std::unexpected(std::move(built).error());
    }
    if (built->tree.root == head.tree) co_return CommitResult{head.oid, false};
    co_return co_await write(head, draft, *std::move(built));
}

// Whether the head is this very commit, whose answer the client did not get. Its parent lock fails
// then, and what it deletes is gone already.
Task<Result<bool>> Commits::is_replay(const CommitInfo& head, const Draft& draft,
                                      const CommitRequest& request) {
    if (!head.parent || head.message != draft.message ||
        head.author.user_id != draft.author.user_id ||
        !head.parent->hex().starts_with(draft.parent))
        co_return false;
    const auto parent = CO_TRY(co_await history_.commit(draft.repo.id, *head.parent));
    const auto built = co_await CommitBuilder(trees_, files_, draft.repo.id)
                           .build(parent.tree, request.operations);
    co_return built && built->tree.root == head.tree;
}

Task<Result<std::optional<CommitResult>>> Commits::write(const CommitInfo& head, const Draft& draft,
                                                         BuiltCommit built) {
    const auto repo = draft.repo.id;
    const auto now = clock_.now();
    std::optional<std::string> readme;
    const bool new_readme =
        draft.branch == draft.repo.default_branch &&
        std::ranges::find(built.tree.changed, kReadme) != built.tree.changed.end();
    if (new_readme && built.readme)
        readme = CO_TRY(co_await files_.readable_text(repo, *built.readme));

    const auto moved =
        CO_TRY(co_await db::transact(database_, db::Isolation::read_committed, &Commits::write_rows,
                                     draft, NewRows{head, built, new_readme, readme, now}));
    if (!moved) co_return std::nullopt;
    for (auto& tree : built.tree.trees)
        if (auto parsed = git::Tree::parse(std::move(tree.body)))
            trees_.remember(repo, tree.oid, std::make_shared<const git::Tree>(*std::move(parsed)));
    co_return CommitResult{*moved, true};
}

// The new head, or nothing when the branch has moved or is gone.
Task<Result<std::optional<Oid>>> Commits::write_rows(db::Transaction& transaction,
                                                     const Draft& draft, const NewRows& rows) {
    const auto repo = draft.repo.id;
    const auto& [head, built, new_readme, readme, now] = rows;
    if (!CO_TRY(co_await touch_repo(transaction, repo, now))) co_return std::nullopt;
    const auto commit = CO_TRY(co_await insert_commit(
        transaction, repo, {built.tree.root, &head, draft.author, draft.message, now}));
    if (!CO_TRY(co_await move_branch(transaction, repo, draft.branch, head.oid, commit.oid)))
        co_return std::nullopt;
    CO_TRY(co_await insert_trees(transaction, repo, built.tree.trees));
    CO_TRY(co_await insert_files(transaction, repo, built.files, now));
    CO_TRY(co_await insert_changes(transaction, repo, commit.position, built.tree.changed));
    if (new_readme) CO_TRY(co_await refresh_card(transaction, repo, draft.repo.kind, readme));
    CO_TRY(co_await log_commit(transaction, repo, draft.author.user_id, built.bytes, now));
    CO_TRY(co_await transaction.commit());
    co_return commit.oid;
}

Task<Result<Oid>> Commits::create_root(db::Transaction& transaction, const Repo& repo,
                                       std::string_view branch, std::span<const RootFile> files,
                                       const Author& author, std::string_view message) {
    const auto now = clock_.now();
    TreeEditor editor(trees_, repo.id, std::make_shared<const git::Tree>());
    std::vector<FileRow> rows;
    std::size_t total = 0;
    for (const auto& [path, content] : files) {
        CO_TRY(check_path(path));
        total += content.size();
        if (total > kReadableLimit)
            co_return fail(Code::payload_too_large,
                           "The files of a new repository may have 4 MiB together; upload more "
                           "with a commit");
        if (git::parse_lfs_pointer(content))
            co_return fail(Code::invalid_argument, "The file '" + std::string(path) +
                                                       "' is a Git LFS pointer, but its object "
                                                       "has not been uploaded");
        rows.push_back(inline_file(content));
        CO_TRY(co_await editor.put(path, {git::kModeFile, rows.back().info.blob}));
    }
    const auto tree = editor.finish();
    const auto commit = CO_TRY(
        co_await insert_commit(transaction, repo.id, {tree.root, nullptr, author, message, now}));
    CO_TRY(co_await insert_trees(transaction, repo.id, tree.trees));
    CO_TRY(co_await insert_files(transaction, repo.id, rows, now));
    CO_TRY(co_await insert_changes(transaction, repo.id, commit.position, tree.changed));
    CO_TRY(co_await transaction.query(
        "INSERT INTO repo_refs (repo_id, kind, name, target) VALUES ($1, 'branch', $2, $3)",
        {repo.id, branch, commit.oid.bytes()}));
    co_return commit.oid;
}

Task<Result<CommitResult>> Commits::super_squash(const Repo& repo, std::string_view branch,
                                                 std::string_view message, const Author& author) {
    if (branch.starts_with(kHeads)) branch.remove_prefix(kHeads.size());
    const Draft draft{repo, std::string(branch), CO_TRY(make_message(message, "")), {}, author};
    const auto turn = co_await queue_.wait(repo.id, draft.branch);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto head = CO_TRY(co_await load_head(draft));
        if (const auto result = CO_TRY(co_await squash_onto(head, draft))) co_return *result;
    }
    co_return fail(Code::unavailable, "The branch is too busy; try again");
}

Task<Result<std::optional<CommitResult>>> Commits::squash_onto(const CommitInfo& head,
                                                               const Draft& draft) {
    const bool done = !head.parent && head.message == draft.message &&
                      head.author.user_id == draft.author.user_id;
    if (done) co_return CommitResult{head.oid, false};
    const auto moved =
        CO_TRY(co_await db::transact(database_, db::Isolation::read_committed,
                                     &Commits::write_squashed, draft, head, clock_.now()));
    if (!moved) co_return std::nullopt;
    co_return CommitResult{*moved, true};
}

Task<Result<std::optional<Oid>>> Commits::write_squashed(db::Transaction& transaction,
                                                         const Draft& draft, const CommitInfo& head,
                                                         UnixMillis now) {
    const auto repo = draft.repo.id;
    if (!CO_TRY(co_await touch_repo(transaction, repo, now))) co_return std::nullopt;
    const auto commit = CO_TRY(co_await insert_commit(
        transaction, repo, {head.tree, nullptr, draft.author, draft.message, now}));
    if (!CO_TRY(co_await move_branch(transaction, repo, draft.branch, head.oid, commit.oid)))
        co_return std::nullopt;
    CO_TRY(co_await log_commit(transaction, repo, draft.author.user_id, 0, now));
    CO_TRY(co_await transaction.commit());
    co_return commit.oid;
}

}  // namespace siahub::hub
