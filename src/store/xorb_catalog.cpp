#include "store/xorb_catalog.hpp"

#include "store/columns.hpp"

namespace siahub::store {
namespace {

std::size_t cost_of(const xet::XorbIndex& index) {
    constexpr std::size_t overhead = 256;  // list and map nodes, control block
    return overhead + index.chunks.capacity() * sizeof(xet::ChunkEntry);
}

}  // namespace

const xet::XorbIndex* IndexSet::find(const xet::Hash& xorb) const {
    const auto found = indexes_.find(xorb);
    return found == indexes_.end() ? nullptr : found->second.get();
}

xet::IndexLookup IndexSet::lookup() const {
    return [this](const xet::Hash& xorb) { return find(xorb); };
}

XorbCatalog::XorbCatalog(db::Database& database, std::size_t cache_bytes,
                         std::optional<Time::duration> trust)
    : database_(database), shard_bytes_(cache_bytes / kShards), trust_(trust) {}

Task<Result<SharedIndex>> XorbCatalog::find(xet::Hash xorb) {
    if (auto index = cached(xorb)) co_return index;
    const auto now = Time::now();
    const auto rows =
        CO_TRY(co_await database_.query("SELECT x.chunk_index FROM xorbs x "
                                        "WHERE x.hash = $1 AND (EXISTS (SELECT 1 FROM "
                                        "xorb_bodies b WHERE b.hash = x.hash) OR EXISTS "
                                        "(SELECT 1 FROM xorb_pins p WHERE p.hash = x.hash "
                                        "AND p.state = 'pinned'))",
                                        {xorb.view()}));
    if (rows.empty()) co_return fail(Code::not_found, "There is no xorb " + xorb.hex() + ".");
    auto index = std::make_shared<const xet::XorbIndex>(
        CO_TRY(xet::XorbIndex::parse(xorb, rows[0].blob(0))));
    put_as_of(index, now);
    co_return index;
}

Task<Result<bool>> XorbCatalog::contains(xet::Hash xorb) {
    if (cached(xorb)) co_return true;
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT 1 FROM xorb_bodies WHERE hash = $1 UNION ALL "
        "SELECT 1 FROM xorb_pins WHERE hash = $1 AND state = 'pinned' LIMIT 1",
        {xorb.view()}));
    co_return !rows.empty();
}

Task<Result<IndexSet>> XorbCatalog::load(std::span<const xet::Hash> xorbs) {
    IndexSet set;
    for (const xet::Hash& xorb : xorbs) {
        if (set.find(xorb) != nullptr) continue;
        auto index = co_await find(xorb);
        if (index) {
            set.add(std::move(*index));
        } else if (index.error().code != Code::not_found) {
            co_return Failure(std::move(index).error());
        }
    }
    co_return set;
}

SharedIndex XorbCatalog::cached(const xet::Hash& xorb) {
    Shard& shard = shard_of(xorb);
    const std::scoped_lock guard(shard.mutex);
    const auto found = shard.entries.find(xorb);
    if (found == shard.entries.end() ||
        (trust_ && Time::now() - found->second->read_at >= *trust_)) {
        ++shard.stats.misses;
        return nullptr;
    }
    ++shard.stats.hits;
    shard.recent.splice(shard.recent.begin(), shard.recent, found->second);
    return shard.recent.front().index;
}

void XorbCatalog::put(SharedIndex index) {
    put_as_of(std::move(index), Time::now());
}

void XorbCatalog::put_as_of(SharedIndex index, Time::time_point read_at) {
    drop(index->xorb);
    Shard& shard = shard_of(index->xorb);
    const std::scoped_lock guard(shard.mutex);
    if (shard.entries.contains(index->xorb)) return;
    shard.bytes += cost_of(*index);
    const auto xorb = index->xorb;
    shard.recent.push_front({std::move(index), read_at});
    shard.entries.emplace(xorb, shard.recent.begin());
    while (shard.bytes > shard_bytes_ && shard.recent.size() > 1) {
        ++shard.stats.evictions;
        const auto& oldest = *shard.recent.back().index;
        shard.bytes -= cost_of(oldest);
        shard.entries.erase(oldest.xorb);
        shard.recent.pop_back();
    }
}

CacheStats XorbCatalog::cache_stats() const {
    CacheStats all;
    for (const Shard& shard : shards_) {
        const std::scoped_lock guard(shard.mutex);
        auto stats = shard.stats;
        stats.entries = shard.entries.size();
        stats.cost = shard.bytes;
        all += stats;
    }
    return all;
}

void XorbCatalog::drop(const xet::Hash& xorb) {
    Shard& shard = shard_of(xorb);
    const std::scoped_lock guard(shard.mutex);
    const auto found = shard.entries.find(xorb);
    if (found == shard.entries.end()) return;
    shard.bytes -= cost_of(*found->second->index);
    shard.recent.erase(found->second);
    shard.entries.erase(found);
}

}  // namespace siahub::store
