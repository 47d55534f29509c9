#include "hub/pack_plan.hpp"

#include <algorithm>

namespace siahub::hub {
namespace {

constexpr std::int64_t kPage = 1000;

void add_once(std::vector<Oid>& to, const Oid& oid) {
    if (std::ranges::find(to, oid) == to.end()) to.push_back(oid);
}

}  // namespace

Task<Result<std::vector<Oid>>> PackPlanner::common(std::span<const Oid> haves) {
    std::vector<Oid> found;
    for (const auto& oid : haves) {
        const auto commit = co_await history_.commit(repo_, oid);
        if (commit) found.push_back(oid);
        if (!commit && commit.error().code != Code::revision_not_found)
            co_return std::unexpected(commit.error());
    }
    co_return found;
}

Task<Result<PackPlan>> PackPlanner::plan(const git::Fetch& fetch, std::span<const Oid> common) {
    for (const auto& oid : fetch.wants)
        CO_TRY(co_await add_want(fetch, CO_TRY(co_await history_.commit(repo_, oid)), common));
    for (const auto& oid : common)
        CO_TRY(co_await add_tree(CO_TRY(co_await history_.commit(repo_, oid)).tree, false));
    for (const auto& root : roots_)
        CO_TRY(co_await add_tree(root, true));
    co_return std::move(plan_);
}

// The ancestors of a commit are a chain, so that what is sent of it is what lies between two
// depths: above what the client has, and, when it deepens, below that down to the new limit.
Task<Result<void>> PackPlanner::add_want(const git::Fetch& fetch, const CommitInfo& want,
                                         std::span<const Oid> common) {
    const auto top = want.position.depth + 1;
    const auto cut = CO_TRY(co_await on_the_way(want, fetch.shallow));
    const auto known = CO_TRY(co_await known_of(want, common, cut));
    if (fetch.depth == 0) {
        CO_TRY(co_await add_commits(want, {known.to, top}));
        co_return Result<void>{};
    }
    const auto lowest = std::max<std::int64_t>(top - fetch.depth, 0);
    CO_TRY(co_await add_commits(want, {std::max(known.to, lowest), top}));
    CO_TRY(co_await add_commits(want, {lowest, std::min(known.from, known.to)}));
    co_return co_await add_boundary(fetch, want, lowest, cut);
}

// Those of a shallow client's commits without parents that `want` comes from.
Task<Result<std::vector<CommitInfo>>> PackPlanner::on_the_way(const CommitInfo& want,
                                                              std::span<const Oid> shallow) {
    std::vector<CommitInfo> found;
    for (const auto& oid : CO_TRY(co_await common(shallow)))
        if (CO_TRY(co_await history_.is_ancestor(repo_, oid, want.oid)))
            found.push_back(CO_TRY(co_await history_.commit(repo_, oid)));
    co_return found;
}

Task<Result<PackPlanner::Depths>> PackPlanner::known_of(const CommitInfo& want,
                                                        std::span<const Oid> common,
                                                        std::span<const CommitInfo> cut) {
    Depths known;
    for (const auto& oid : common)
        known.to =
            std::max(known.to, CO_TRY(co_await history_.shared_ancestors(repo_, want.oid, oid)));
    if (cut.empty()) co_return known;
    known.from = std::ranges::min(cut, {}, [](const auto& commit) {
                     return commit.position.depth;
                 }).position.depth;
    co_return known;
}

Task<Result<void>> PackPlanner::add_commits(const CommitInfo& want, Depths depths) {
    while (depths.to > depths.from) {
        const auto limit = std::min(depths.to - depths.from, kPage);
        const auto page = CO_TRY(
            co_await history_.list(repo_, want.oid, want.position.depth + 1 - depths.to, limit));
        for (const auto& commit : page.commits) {
            if (!known_.insert(commit.oid).second) continue;
            plan_.commits.push_back(commit.oid);
            roots_.push_back(commit.tree);
        }
        depths.to -= limit;
    }
    co_return Result<void>{};
}

Task<Result<void>> PackPlanner::add_boundary(const git::Fetch& fetch, const CommitInfo& want,
                                             std::int64_t lowest, std::span<const CommitInfo> cut) {
    const auto page =
        CO_TRY(co_await history_.list(repo_, want.oid, want.position.depth - lowest, 1));
    for (const auto& last : page.commits)
        if (last.parent && std::ranges::find(fetch.shallow, last.oid) == fetch.shallow.end())
            add_once(plan_.shallow, last.oid);
    for (const auto& commit : cut)
        if (commit.position.depth > lowest) add_once(plan_.unshallow, commit.oid);
    co_return Result<void>{};
}

Task<Result<void>> PackPlanner::add_tree(const Oid& root, bool is_sent) {
    std::vector<Oid> open{root};
    while (!open.empty()) {
        const auto oid = open.back();
        open.pop_back();
        if (!known_.insert(oid).second) continue;
        if (is_sent) plan_.trees.push_back(oid);
        const auto tree = CO_TRY(co_await trees_.load(repo_, oid));
        for (std::size_t i = 0; i < tree->size(); ++i) {
            const auto entry = tree->at(i);
            if (entry.is_tree()) {
                open.push_back(entry.oid);
            } else if (known_.insert(entry.oid).second && is_sent) {
                plan_.blobs.push_back(entry.oid);
            }
        }
    }
    co_return Result<void>{};
}

}  // namespace siahub::hub
