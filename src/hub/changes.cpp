#include "hub/changes.hpp"

#include "core/encoding.hpp"
#include "git/text_diff.hpp"
#include "hub/tree_diff.hpp"
#include "store/store.hpp"

namespace siahub::hub {
namespace {

FileChange::Status status_of(const TreeChange& change) {
    if (!change.before) return FileChange::Status::added;
    return change.after ? FileChange::Status::modified : FileChange::Status::deleted;
}

// Bytes that lie in the database, as texts of a readable size do.
bool may_be_text(const std::optional<FileInfo>& file) {
    return !file || (!file->is_lfs && !file->file_hash && file->size <= Changes::kLargestText);
}

bool is_text(std::string_view bytes) {
    return !bytes.contains('\0') && is_valid_utf8(bytes);
}

std::size_t size_of(const std::optional<FileInfo>& file) {
    return file ? file->size : 0;
}

// Two sides that wait for being compared.
struct Pair {
    FileChange* change = nullptr;
    std::string before, after;
};

bool compare_all(std::vector<Pair>& pairs) {
    for (auto& [change, before, after] : pairs) {
        change->binary = !is_text(before) || !is_text(after);
        if (!change->binary) change->diff = git::unified_diff(before, after);
    }
    return true;
}

}  // namespace

Task<Result<CommitChanges>> Changes::of(RowId repo, Oid commit) {
    CommitChanges changes;
    changes.commit = CO_TRY(co_await history_.commit(repo, commit));
    std::optional<Oid> before;
    if (changes.commit.parent)
        before = CO_TRY(co_await history_.commit(repo, *changes.commit.parent)).tree;
    const auto diff =
        CO_TRY(co_await diff_trees(trees_, repo, before, changes.commit.tree, kMostFiles));
    changes.truncated = diff.truncated;
    CO_TRY(co_await describe(repo, changes, diff.changes));
    CO_TRY(co_await compare_texts(repo, changes.files));
    CO_TRY(co_await count_chunks(repo, changes.files));
    co_return changes;
}

Task<Result<void>> Changes::describe(RowId repo, CommitChanges& changes,
                                     const std::vector<TreeChange>& differing) {
    std::vector<Oid> blobs;
    for (const auto& change : differing)
        for (const auto* side : {&change.before, &change.after})
            blobs.push_back(*side ? (*side)->oid : Oid{});
    const auto known = CO_TRY(co_await files_.find_many(repo, blobs));
    for (std::size_t i = 0; i < differing.size(); ++i) {
        auto& file = changes.files.emplace_back();
        file.path = differing[i].path;
        file.status = status_of(differing[i]);
        if (differing[i].before) file.before = known[2 * i];
        if (differing[i].after) file.after = known[2 * i + 1];
        for (const auto* side : {&file.before, &file.after})
            file.binary = file.binary || (*side && (*side)->is_lfs);
        // What the hub knows nothing of is not to be taken for empty.
        file.binary = file.binary || file.before.has_value() != differing[i].before.has_value() ||
                      file.after.has_value() != differing[i].after.has_value();
    }
    co_return Result<void>{};
}

Task<Result<std::string>> Changes::text_of(RowId repo, const std::optional<FileInfo>& file) {
    if (!file) co_return std::string();
    const auto content = CO_TRY(co_await files_.inline_content(repo, file->sha256));
    co_return std::string(as_chars(content));
}

Task<Result<void>> Changes::compare_texts(RowId repo, std::vector<FileChange>& files) {
    std::vector<Pair> pairs;
    std::size_t read = 0;
    for (auto& file : files) {
        if (file.binary || !may_be_text(file.before) || !may_be_text(file.after)) continue;
        read += size_of(file.before) + size_of(file.after);
        if (read > kMostText) break;
        pairs.push_back({&file, CO_TRY(co_await text_of(repo, file.before)),
                         CO_TRY(co_await text_of(repo, file.after))});
    }
    if (pairs.empty()) co_return Result<void>{};
    co_await store_.pools.compute.run([&pairs] { return compare_all(pairs); });
    co_return Result<void>{};
}

Task<Result<void>> Changes::count_chunks(RowId repo, std::vector<FileChange>& files) {
    std::size_t looked_into = 0;
    for (auto& file : files) {
        if (!file.after || !file.after->file_hash) continue;
        if (++looked_into > kMostLarge) break;
        file.chunks = CO_TRY(co_await store::new_chunks(store_.database, store_.catalog, repo,
                                                        *file.after->file_hash));
    }
    co_return Result<void>{};
}

}  // namespace siahub::hub
