#include "store/evictor.hpp"

#include "store/columns.hpp"

#include <algorithm>

namespace siahub::store {

Evictor::Evictor(db::Database& database, LocalBodies& bodies, std::string node, Pools pools,
                 const Log& log, std::uint64_t limit)
    : database_(database),
      bodies_(bodies),
      node_(std::move(node)),
      pools_(pools),
      log_(log),
      limit_(limit) {}

Task<Result<void>> Evictor::run() {
    auto used = CO_TRY(co_await local_bytes());
    counts_.local_bytes = used;
    if (used <= limit_) co_return Result<void>{};
    const auto target = limit_ - limit_ / 20;  // not again at once
    for (const auto& candidate : CO_TRY(co_await candidates())) {
        if (used <= target) break;
        if (!CO_TRY(co_await evict(candidate))) continue;
        used -= std::min(used, candidate.size);
        ++counts_.bodies;
        counts_.bytes += candidate.size;
    }
    counts_.local_bytes = used;
    co_return Result<void>{};
}

Task<Result<std::uint64_t>> Evictor::local_bytes() {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM xorb_bodies WHERE node = $1",
        {std::string_view(node_)}, db::Weight::scan));
    co_return unsigned_column(rows.at(0), 0);
}

// Read longest ago first.
Task<Result<std::vector<Evictor::Candidate>>> Evictor::candidates() {
    constexpr std::int64_t page = 4096;
    std::vector<Candidate> found;
    Bytes after;
    for (;;) {
        const auto rows = CO_TRY(co_await database_.query(
            "SELECT b.hash, b.size FROM xorb_bodies b JOIN xorb_pins p ON p.hash = b.hash "
            "WHERE b.node = $1 AND b.hash > $2 AND p.state = 'pinned' ORDER BY b.hash LIMIT $3",
            {std::string_view(node_), ByteView(after), page}, db::Weight::scan));
        for (const auto& row : rows)
            found.push_back({hash_column(row, 0), unsigned_column(row, 1), 0});
        if (std::ssize(rows) < page) break;
        after = rows.back().blob(0);
    }
    co_await pools_.disk.run([&] {
        for (auto& candidate : found)
            candidate.read_at = bodies_.last_read(candidate.xorb);
        return true;
    });
    std::ranges::sort(found, {}, &Candidate::read_at);
    co_return found;
}

Task<Result<bool>> Evictor::evict(const Candidate& candidate) {
    const auto rows = CO_TRY(co_await database_.execute(
        "DELETE FROM xorb_bodies WHERE hash = $1 AND node = $2 AND EXISTS (SELECT 1 FROM "
        "xorb_pins p WHERE p.hash = $1 AND p.state = 'pinned') RETURNING hash",
        {candidate.xorb.view(), std::string_view(node_)}));
    if (rows.empty()) co_return false;
    CO_TRY(co_await pools_.disk.run([&] { return bodies_.remove(candidate.xorb); }));
    log_.debug("body.evicted", {{"xorb", candidate.xorb.hex()}});
    co_return true;
}

}  // namespace siahub::store
