#include "hub/trees.hpp"

namespace siahub::hub {
namespace {

constexpr std::size_t kCacheOverhead = 256;  // per tree: list, index, control block

}  // namespace

std::size_t TreeStore::KeyHash::operator()(const Key& key) const {
    return std::hash<Oid>{}(key.oid) ^ std::hash<RowId>{}(key.repo);
}

TreeStore::TreeStore(db::Database& database, std::size_t cache_bytes)
    : database_(database), cache_(cache_bytes, 1) {}

Task<Result<TreePtr>> TreeStore::load(RowId repo, const Oid& oid) {
    if (auto cached = cache_.get({repo, oid})) co_return std::move(*cached);
    if (oid == git::empty_tree_id()) co_return std::make_shared<const git::Tree>();
    auto rows = CO_TRY(co_await database_.query(
        "SELECT body FROM repo_trees WHERE repo_id = $1 AND oid = $2", {repo, oid.bytes()}));
    if (rows.empty()) co_return fail(Code::internal, "The tree " + oid.hex() + " is missing");
    auto parsed = git::Tree::parse(rows[0].blob(0));
    if (!parsed) co_return fail(Code::internal, "The tree " + oid.hex() + " is damaged");
    auto tree = std::make_shared<const git::Tree>(*std::move(parsed));
    remember(repo, oid, tree);
    co_return tree;
}

void TreeStore::remember(RowId repo, const Oid& oid, TreePtr tree) {
    const auto cost = tree->memory() + kCacheOverhead;
    cache_.put({repo, oid}, std::move(tree), cost);
}

Task<Result<std::optional<PathEntry>>> TreeStore::find(RowId repo, const Oid& root,
                                                       std::string_view path) {
    PathEntry here{git::kModeTree, root};
    while (!path.empty()) {
        if (!here.is_directory()) co_return std::nullopt;
        const auto tree = CO_TRY(co_await load(repo, here.oid));
        const auto slash = path.find('/');
        const auto entry = tree->find(path.substr(0, slash));
        if (!entry) co_return std::nullopt;
        here = {entry->mode, entry->oid};
        if (slash == std::string_view::npos) break;
        path.remove_prefix(slash + 1);
    }
    co_return here;
}

}  // namespace siahub::hub
