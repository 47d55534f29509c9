#pragma once
// What a commit changed against its first parent: files, sizes, text diffs of what is text, and how
// much of large files was new. The answer is bounded: kMostFiles files, kMostText bytes of text
// read, kMostLarge large files looked into; what is beyond has no diff or no numbers, and
// `truncated` says that there are more files. Any thread; texts are compared on the pool.

#include "hub/files.hpp"
#include "hub/history.hpp"
#include "hub/tree_diff.hpp"
#include "store/new_chunks.hpp"

namespace siahub::hub {

struct FileChange {
    enum class Status { added, modified, deleted };
    std::string path;
    Status status = Status::modified;
    std::optional<FileInfo> before, after;
    std::optional<store::NewChunks> chunks;
    std::optional<std::string> diff;  // unified; empty when only the mode changed
    bool binary = false;
};

struct CommitChanges {
    CommitInfo commit;
    std::vector<FileChange> files;
    bool truncated = false;
};

class Changes {
  public:
    static constexpr std::size_t kMostFiles = 500;
    static constexpr std::size_t kLargestText = 512UL * 1024;
    static constexpr std::size_t kMostText = 4UL * 1024 * 1024;
    static constexpr std::size_t kMostLarge = 50;

    Changes(TreeStore& trees, Files& files, History& history, store::Store& store)
        : trees_(trees), files_(files), history_(history), store_(store) {}

    // revision_not_found when the repository has no such commit.
    Task<Result<CommitChanges>> of(RowId repo, Oid commit);

  private:
    Task<Result<void>> describe(RowId repo, CommitChanges& changes,
                                const std::vector<TreeChange>& differing);
    Task<Result<void>> compare_texts(RowId repo, std::vector<FileChange>& files);
    Task<Result<void>> count_chunks(RowId repo, std::vector<FileChange>& files);
    Task<Result<std::string>> text_of(RowId repo, const std::optional<FileInfo>& file);

    TreeStore& trees_;
    Files& files_;
    History& history_;
    store::Store& store_;
};

}  // namespace siahub::hub
