#pragma once
// Makes commits: applies operations to the tree of a branch, writes the trees on the touched paths,
// the commit, its place in history and the moved branch in one transaction.
//
// Atomic under concurrency: commits to one branch queue up in order of arrival within the process;
// between processes the branch is compared and swapped, and the loser applies its operations again.
// Repeating a commit is harmless: operations that change nothing, and a commit whose head already
// is what they would make, return the head with created = false. Contents are stored before
// (BlobStager, or LFS/Xet uploads). When README.md at the root of the default branch changes, the
// repository card follows in the same transaction.
//
// Errors, by code: revision_not_found (no such branch), precondition_failed (parent_commit),
// unprocessable (bad path, or a path that is both file and folder), entry_not_found (deleting or
// renaming what is not there), invalid_argument (an LFS object that was not uploaded).

#include "core/clock.hpp"
#include "hub/commit_builder.hpp"
#include "hub/commit_queue.hpp"
#include "hub/files.hpp"
#include "hub/history.hpp"
#include "hub/refs.hpp"
#include "hub/trees.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace siahub::hub {

struct CommitRequest {
    std::string summary, description;
    std::string parent_commit;          // 5 to 40 hex digits, or empty
    std::vector<Operation> operations;  // applied in this order
};

struct CommitResult {
    Oid oid;
    bool created = false;
};

// A file of the first commit.
struct RootFile {
    std::string_view path;
    ByteView content;
};

class Commits {
  public:
    Commits(db::Database& database, TreeStore& trees, Files& files, Refs& refs, History& history,
            const Clock& clock);

    // `branch` as in the URL: "main" or "refs/heads/main".
    Task<Result<CommitResult>> commit(const Repo& repo, std::string_view branch,
                                      const CommitRequest& request, const Author& author);

    // The first commit of a repository and its branch, inside the transaction that inserts its row
    // into repos. Contents lie inline; together at most kReadableLimit.
    Task<Result<Oid>> create_root(db::Transaction& transaction, const Repo& repo,
                                  std::string_view branch, std::span<const RootFile> files,
                                  const Author& author, std::string_view message);

    // Replaces the history of a branch by one parentless commit with the same tree.
    Task<Result<CommitResult>> super_squash(const Repo& repo, std::string_view branch,
                                            std::string_view message, const Author& author);

    // Makes a branch the one that people see first; the card becomes what README.md says there.
    // revision_not_found when there is no such branch.
    Task<Result<void>> set_default_branch(const Repo& repo, std::string_view branch);

  private:
    struct Draft;
    struct Sources;
    struct Plan;

    Task<Result<CommitResult>> carry_out(const Draft& draft);
    Task<Result<CommitResult>> carry_out_locked(db::Transaction& transaction, const Draft& draft);
    Task<Result<Plan>> make_plan(Sources sources, const Draft& draft);
    static Task<Result<BuiltCommit>> build(Sources sources, const CommitInfo& head,
                                           const Draft& draft);
    static Task<Result<bool>> is_replay(Sources sources, const CommitInfo& head,
                                        const Draft& draft);
    static Task<Result<std::optional<Oid>>> write(db::Transaction& transaction, const Draft& draft,
                                                  const Plan& plan);

    db::Database& database_;
    TreeStore& trees_;
    Files& files_;
    Refs& refs_;
    History& history_;
    const Clock& clock_;
    CommitQueue queue_;
};

}  // namespace siahub::hub
