#include "hub/commits.hpp"

#include "db/transact.hpp"
#include "db/transaction_reads.hpp"
#include "git/lfs_pointer.hpp"
#include "hub/cards.hpp"
#include "hub/commit_rows.hpp"
#include "hub/commit_writes.hpp"
#include "hub/git_paths.hpp"
#include "hub/repo_lock.hpp"

namespace siahub::hub {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kReadme = "README.md";
constexpr std::size_t kShortestParent = 5;
// Only other processes can make a commit lose the race for its branch. Whoever reads first and
// locks then can lose for ever against one that commits without a pause.
constexpr int kRaces = 3;
constexpr std::size_t kPrivateCache = 1 << 20;

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

}  // namespace

// What stays the same while a commit is tried on one head after another.
struct Commits::Draft {
    const Repo& repo;
    std::string branch;
    std::string message;
    std::string parent;            // beginning of the id that the head must have
    const CommitRequest* request;  // null: the history goes, the tree stays
    const Author& author;
};

// What a commit reads through: the caches of the process, or its own transaction.
struct Commits::Sources {
    TreeStore& trees;
    Files& files;
    Refs& refs;
    History& history;
};

// What it will write.
struct Commits::Plan {
    CommitInfo head;
    bool is_done = false;  // the head is what was asked for; nothing to write
    BuiltCommit built{};
    bool new_readme = false;
    std::optional<std::string> readme{};
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
    const Draft draft{repo,
                      std::string(branch),
                      CO_TRY(make_message(request.summary, request.description)),
                      CO_TRY(read_parent(request.parent_commit)),
                      &request,
                      author};
    co_return co_await carry_out(draft);
}

Task<Result<CommitResult>> Commits::super_squash(const Repo& repo, std::string_view branch,
                                                 std::string_view message, const Author& author) {
    if (branch.starts_with(kHeads)) branch.remove_prefix(kHeads.size());
    const Draft draft{repo,  std::string(branch), CO_TRY(make_message(message, "")), {}, nullptr,
                      author};
    co_return co_await carry_out(draft);
}

Task<Result<CommitResult>> Commits::carry_out(const Draft& draft) {
    const auto turn = co_await queue_.wait(draft.repo.id, draft.branch);
    for (int race = 0; race < kRaces; ++race) {
        auto plan = CO_TRY(co_await make_plan({trees_, files_, refs_, history_}, draft));
        if (plan.is_done) co_return CommitResult{plan.head.oid, false};
        const auto moved = CO_TRY(co_await db::transact(database_, db::Isolation::read_committed,
                                                        &Commits::write, draft, plan));
        if (!moved) continue;
        for (auto& tree : plan.built.tree.trees)
            if (auto parsed = git::Tree::parse(std::move(tree.body)))
                trees_.remember(draft.repo.id, tree.oid,
                                std::make_shared<const git::Tree>(*std::move(parsed)));
        co_return CommitResult{*moved, true};
    }
    co_return co_await db::transact(database_, db::Isolation::read_committed,
                                    std::bind_front(&Commits::carry_out_locked, this), draft);
}

// Nobody moves the branch between reading and writing, at the price that everybody waits.
Task<Result<CommitResult>> Commits::carry_out_locked(db::Transaction& transaction,
                                                     const Draft& draft) {
    CO_TRY(co_await lock_repo(transaction, draft.repo.id));
    db::TransactionReads reads(transaction);
    TreeStore trees(reads, kPrivateCache);
    Files files = files_.over(reads, kPrivateCache);
    Refs refs(reads, clock_);
    History history(reads);
    const auto plan = CO_TRY(co_await make_plan({trees, files, refs, history}, draft));
    if (plan.is_done) co_return CommitResult{plan.head.oid, false};
    const auto moved = CO_TRY(co_await write(transaction, draft, plan));
    if (!moved) co_return fail(Code::internal, "The branch moved under its lock");
    co_return CommitResult{*moved, true};
}

Task<Result<Commits::Plan>> Commits::make_plan(Sources sources, const Draft& draft) {
    const auto repo = draft.repo.id;
    const auto found = CO_TRY(co_await sources.refs.resolve_branch(draft.repo, draft.branch));
    Plan plan{.head = CO_TRY(co_await sources.history.commit(repo, found.commit)),
              .now = clock_.now()};
    if (draft.request == nullptr) {
        plan.is_done = !plan.head.parent && plan.head.message == draft.message &&
                       plan.head.author.user_id == draft.author.user_id;
        plan.built.tree.root = plan.head.tree;
        co_return plan;
    }
    auto built = co_await build(sources, plan.head, draft);
    if (!built) {
        if (!CO_TRY(co_await is_replay(sources, plan.head, draft)))
            co_return std::unexpected(std::move(built).error());
        plan.is_done = true;
        co_return plan;
    }
    plan.built = *std::move(built);
    plan.is_done = plan.built.tree.root == plan.head.tree;
    plan.new_readme =
        draft.branch == draft.repo.default_branch &&
        std::ranges::find(plan.built.tree.changed, kReadme) != plan.built.tree.changed.end();
    if (plan.new_readme && plan.built.readme)
        plan.readme = CO_TRY(co_await sources.files.readable_text(repo, *plan.built.readme));
    co_return plan;
}

Task<Result<BuiltCommit>> Commits::build(Sources sources, const CommitInfo& head,
                                         const Draft& draft) {
    if (!head.oid.hex().starts_with(draft.parent))
        co_return fail(
            Code::precondition_failed,
            "The branch was updated since you opened this page. Please refresh and try again.");
    co_return co_await CommitBuilder(sources.trees, sources.files, draft.repo.id)
        .build(head.tree, draft.request->operations);
}

// Whether the head is this very commit, whose answer the client did not get. Its parent lock fails
// then, and what it deletes is gone already.
Task<Result<bool>> Commits::is_replay(Sources sources, const CommitInfo& head, const Draft& draft) {
    if (!head.parent || head.message != draft.message ||
        head.author.user_id != draft.author.user_id ||
        !head.parent->hex().starts_with(draft.parent))
        co_return false;
    const auto parent = CO_TRY(co_await sources.history.commit(draft.repo.id, *head.parent));
    const auto built = co_await CommitBuilder(sources.trees, sources.files, draft.repo.id)
                           .build(parent.tree, draft.request->operations);
    co_return built && built->tree.root == head.tree;
}

// The new head, or nothing when the branch has moved or is gone.
Task<Result<std::optional<Oid>>> Commits::write(db::Transaction& transaction, const Draft& draft,
                                                const Plan& plan) {
    const auto repo = draft.repo.id;
    const auto& built = plan.built;
    if (!CO_TRY(co_await touch_repo(transaction, repo, plan.now))) co_return std::nullopt;
    const auto* const parent = draft.request == nullptr ? nullptr : &plan.head;
    const auto commit = CO_TRY(co_await insert_commit(
        transaction, repo, {built.tree.root, parent, draft.author, draft.message, plan.now}));
    if (!CO_TRY(co_await move_branch(transaction, repo, draft.branch, plan.head.oid, commit.oid)))
        co_return std::nullopt;
    CO_TRY(co_await insert_trees(transaction, repo, built.tree.trees));
    CO_TRY(co_await insert_files(transaction, repo, built.files, plan.now));
    CO_TRY(co_await insert_changes(transaction, repo, commit.position, built.tree.changed));
    if (plan.new_readme)
        CO_TRY(co_await refresh_card(transaction, repo, draft.repo.kind, plan.readme));
    CO_TRY(co_await log_commit(transaction, repo, draft.author, built.bytes, plan.now));
    CO_TRY(co_await transaction.commit());
    co_return commit.oid;
}

namespace {

struct NewDefault {
    std::string branch;
    std::optional<std::string> readme;
};

Task<Result<void>> write_default(db::Transaction& transaction, const Repo& repo,
                                 const NewDefault& wanted) {
    CO_TRY(co_await lock_repo(transaction, repo.id));
    CO_TRY(co_await transaction.query("UPDATE repos SET default_branch = $1 WHERE id = $2",
                                      {std::string_view(wanted.branch), repo.id}));
    CO_TRY(co_await refresh_card(transaction, repo.id, repo.kind, wanted.readme));
    co_return co_await transaction.commit();
}

}  // namespace

Task<Result<void>> Commits::set_default_branch(const Repo& repo, std::string_view branch) {
    const auto revision = CO_TRY(co_await refs_.resolve_branch(repo, branch));
    NewDefault wanted{.branch = revision.ref.substr(std::string_view("refs/heads/").size()),
                      .readme = std::nullopt};
    const auto readme = CO_TRY(co_await trees_.find(repo.id, revision.tree, "README.md"));
    if (readme && !readme->is_directory())
        wanted.readme = CO_TRY(co_await files_.readable_text(repo.id, readme->oid));
    co_return co_await db::transact(database_, db::Isolation::read_committed, write_default, repo,
                                    wanted);
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
    CO_TRY(co_await insert_branch(transaction, repo.id, branch, commit.oid));
    co_return commit.oid;
}

}  // namespace siahub::hub
