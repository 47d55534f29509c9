#include "hub/tree_listing.hpp"

#include "core/encoding.hpp"
#include "git/lfs_pointer.hpp"

namespace siahub::hub {
namespace {

constexpr std::size_t kPage = 1000;
constexpr std::size_t kExpandedPage = 50;

Failure entry_not_found() {
    return fail(Code::entry_not_found, "Entry not found");
}

std::string_view trim_slashes(std::string_view path) {
    while (path.starts_with('/'))
        path.remove_prefix(1);
    while (path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

// Where a listing goes on: the commit that it shows, and the sort key of its last entry.
struct Cursor {
    Oid commit;
    std::string key;
};

std::string write_cursor(const Oid& commit, const TreeItem& last, std::size_t prefix) {
    Bytes raw;
    append(raw, commit.bytes());
    append(raw, as_bytes(last.path).subspan(prefix));
    if (last.is_directory) raw.push_back(std::byte{'/'});
    return to_base64url(raw);
}

Failure foreign_cursor() {
    return fail(Code::invalid_argument, "cursor: not one of this listing");
}

Result<Cursor> read_cursor(std::string_view text) {
    const auto raw = from_base64url(text);
    if (!raw || raw->size() <= Oid::kSize) return foreign_cursor();
    const ByteView view(*raw);
    return Cursor{*Oid::from_bytes(view.first(Oid::kSize)),
                  std::string(as_chars(view.subspan(Oid::kSize)))};
}

// Goes through a tree in the order of the listing.
class Walk {
  public:
    Walk(TreeStore& trees, RowId repo, bool recursive)
        : trees_(trees), repo_(repo), recursive_(recursive) {}

    // Begins after the entry with this key, or at the first one. A key is a path, and a slash if
    // it is a directory's.
    Task<Result<void>> start(Oid root, std::string_view after);
    // The next entry with its path below the root.
    Task<Result<std::optional<std::pair<std::string, PathEntry>>>> next();

  private:
    struct Level {
        TreePtr tree;
        std::size_t index;
        std::string prefix;
    };
    Task<Result<void>> enter(Oid oid, std::string prefix);

    TreeStore& trees_;
    RowId repo_;
    bool recursive_;
    std::vector<Level> levels_;
};

Task<Result<void>> Walk::enter(Oid oid, std::string prefix) {
    auto tree = CO_TRY(co_await trees_.load(repo_, oid));
    levels_.push_back({std::move(tree), 0, std::move(prefix)});
    co_return Result<void>{};
}

Task<Result<void>> Walk::start(Oid root, std::string_view after) {
    CO_TRY(co_await enter(root, ""));
    while (!after.empty()) {
        auto& level = levels_.back();
        const auto slash = after.find('/');
        const auto name = after.substr(0, slash);
        const bool is_tree = slash != std::string_view::npos;
        level.index = level.tree->first_not_less(name, is_tree);
        if (level.index == level.tree->size()) break;
        const auto entry = level.tree->at(level.index);
        if (entry.name != name || entry.is_tree() != is_tree) break;  // gone: the next is right
        ++level.index;
        if (!is_tree || !recursive_) break;
        after.remove_prefix(slash + 1);
        const auto prefix = level.prefix + std::string(name) + "/";
        CO_TRY(co_await enter(entry.oid, prefix));
    }
    co_return Result<void>{};
}

Task<Result<std::optional<std::pair<std::string, PathEntry>>>> Walk::next() {
    while (!levels_.empty() && levels_.back().index == levels_.back().tree->size())
        levels_.pop_back();
    if (levels_.empty()) co_return std::nullopt;
    auto& level = levels_.back();
    const auto entry = level.tree->at(level.index++);
    auto path = level.prefix + std::string(entry.name);
    const PathEntry here{entry.mode, entry.oid};
    if (recursive_ && here.is_directory()) CO_TRY(co_await enter(here.oid, path + "/"));
    co_return std::pair(std::move(path), here);
}

TreeItem make_item(std::string path, const PathEntry& entry) {
    TreeItem item;
    item.path = std::move(path);
    item.is_directory = entry.is_directory();
    item.oid = entry.oid;
    return item;
}

}  // namespace

Task<Result<TreePage>> TreeListing::list(RowId repo, const Revision& revision,
                                         const TreeQuery& query) {
    const auto most = query.expand ? kExpandedPage : kPage;
    const auto limit = query.limit == 0 ? most : std::min(query.limit, most);
    auto commit = revision.commit;
    auto tree = revision.tree;
    std::string after;
    if (!query.cursor.empty()) {
        auto cursor = CO_TRY(read_cursor(query.cursor));
        const auto shown = co_await history_.commit(repo, cursor.commit);
        if (!shown) co_return foreign_cursor();
        commit = shown->oid;
        tree = shown->tree;
        after = std::move(cursor.key);
    }
    const std::string path(trim_slashes(query.path));
    const auto folder = CO_TRY(co_await trees_.find(repo, tree, path));
    if (!folder || !folder->is_directory()) co_return entry_not_found();
    const auto prefix = path.empty() ? path : path + "/";

    TreePage page;
    Walk walk(trees_, repo, query.recursive);
    CO_TRY(co_await walk.start(folder->oid, after));
    for (;;) {
        auto entry = CO_TRY(co_await walk.next());
        if (!entry) break;
        if (page.items.size() == limit) {
            page.next = write_cursor(commit, page.items.back(), prefix.size());
            break;
        }
        page.items.push_back(make_item(prefix + entry->first, entry->second));
    }
    CO_TRY(co_await add_file_facts(repo, page.items));
    if (query.expand) CO_TRY(co_await add_last_commits(repo, commit, page.items));
    co_return page;
}

Task<Result<std::vector<TreeItem>>> TreeListing::paths_info(RowId repo, const Revision& revision,
                                                            std::span<const std::string> paths,
                                                            bool expand) {
    std::vector<TreeItem> items;
    for (const auto& asked : paths) {
        const auto path = trim_slashes(asked);
        const auto entry = CO_TRY(co_await trees_.find(repo, revision.tree, path));
        if (entry && !path.empty()) items.push_back(make_item(std::string(path), *entry));
    }
    CO_TRY(co_await add_file_facts(repo, items));
    if (expand) CO_TRY(co_await add_last_commits(repo, revision.commit, items));
    co_return items;
}

Task<Result<void>> TreeListing::add_file_facts(RowId repo, std::vector<TreeItem>& items) {
    std::vector<Oid> blobs;
    for (const auto& item : items)
        if (!item.is_directory) blobs.push_back(item.oid);
    const auto files = CO_TRY(co_await files_.find_many(repo, blobs));
    auto file = files.begin();
    for (auto& item : items) {
        if (item.is_directory) continue;
        const auto& info = *file++;
        if (!info) co_return fail(Code::internal, "The blob " + item.oid.hex() + " is missing");
        item.size = info->size;
        item.is_lfs = info->is_lfs;
        item.sha256 = info->sha256;
        item.file_hash = info->file_hash;
        if (info->is_lfs)
            item.pointer_size = git::encode_lfs_pointer({info->sha256, info->size}).size();
    }
    co_return Result<void>{};
}

Task<Result<void>> TreeListing::add_last_commits(RowId repo, const Oid& commit,
                                                 std::vector<TreeItem>& items) {
    std::vector<std::string> paths;
    paths.reserve(items.size());
    for (const auto& item : items)
        paths.push_back(item.path);
    auto commits = CO_TRY(co_await history_.last_commits(repo, commit, paths));
    for (std::size_t i = 0; i < items.size(); ++i)
        items[i].last_commit = std::move(commits[i]);
    co_return Result<void>{};
}

}  // namespace siahub::hub
