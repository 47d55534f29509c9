#pragma once
// A cache of bodies on disk in front of an origin, bounded in bytes, the ones used longest ago out
// first. It keeps chunks, not whole bodies: a range costs the chunks that hold it. Every chunk is
// checked against its hash before it counts as there. What it holds survives a restart.
//
// One task fills a body at a time and others wait for it, so N readers of a missing range cause one
// fetch; when the filling reader leaves, its fetch is cancelled and the next waiter goes on with
// what is still missing. A range that is there costs no database and no origin.

#include "core/log.hpp"
#include "net/gate.hpp"
#include "store/bodies.hpp"
#include "store/cached_body.hpp"
#include "store/open_files.hpp"
#include "store/pools.hpp"

#include <atomic>

namespace siahub::store {

struct CacheOptions {
    std::filesystem::path dir;
    std::uint64_t capacity = 0;
    std::size_t max_open_files = 256;
};

struct CacheCounts {
    std::atomic<std::uint64_t> hits = 0;
    std::atomic<std::uint64_t> misses = 0;     // caused a fetch
    std::atomic<std::uint64_t> coalesced = 0;  // waited for somebody else's
    std::atomic<std::uint64_t> fetched_bytes = 0;
    std::atomic<std::uint64_t> evictions = 0;
    std::atomic<std::uint64_t> evicted_bytes = 0;
    std::atomic<std::uint64_t> refused_chunks = 0;  // the origin sent wrong bytes
};

class DiskCache final : public Bodies {
  public:
    // Finds what an earlier process left. Blocks. Everything passed in outlives the cache.
    static Result<std::unique_ptr<DiskCache>> open(CacheOptions options, XorbCatalog& catalog,
                                                   BodyOrigin& origin, Pools pools, const Log& log);
    DiskCache(CacheOptions options, XorbCatalog& catalog, BodyOrigin& origin, Pools pools,
              const Log& log);
    ~DiskCache() override { finish(); }
    // When the last reader has gone: waits for what was begun ahead of it. Executors and pools must
    // go on running until then.
    void finish() { ahead_.wait(); }

    Task<Result<std::uint64_t>> size(xet::Hash xorb) override;
    Task<Result<SharedFile>> open(xet::Hash xorb, xet::ByteSpan bytes) override;
    Task<std::unique_ptr<FetchAhead>> fetch_ahead(xet::Hash xorb, xet::ByteSpan bytes) override;
    Task<Result<bool>> fits(xet::Hash xorb, std::span<const xet::ByteSpan> bytes) override;
    Task<Result<void>> refresh(xet::Hash xorb) override;

    [[nodiscard]] std::optional<bool> cached(const xet::Hash& xorb,
                                             xet::ByteSpan bytes) const override;

    [[nodiscard]] const CacheCounts& counts() const { return counts_; }
    [[nodiscard]] std::uint64_t bytes_used() const;
    [[nodiscard]] CacheStats stats() const;
    [[nodiscard]] CacheStats open_files() const { return files_.stats(); }

  private:
    using BodyPtr = std::shared_ptr<CachedBody>;
    struct Slot {
        BodyPtr body;
        std::uint64_t bytes = 0;
        std::list<xet::Hash>::iterator place;
    };

    struct LeftOver {
        xet::Hash xorb;
        std::filesystem::file_time_type used;
    };

    Result<std::vector<LeftOver>> left_over_maps() const;
    Result<void> find_left_over();
    [[nodiscard]] std::filesystem::path base_of(const xet::Hash& xorb) const;
    BodyPtr find(const xet::Hash& xorb);
    Task<Result<BodyPtr>> find_or_create(xet::Hash xorb);
    BodyPtr insert(const xet::Hash& xorb, BodyPtr body);
    Task<Result<SharedFile>> file_of(BodyPtr body);
    Task<Result<void>> fill(BodyPtr body, SharedFile file, ChunkSpan chunks);
    Task<Result<void>> fetch(CachedBody& body, const FileHandle& file, ChunkSpan run);
    Result<std::uint32_t> take_records(CachedBody& body, const FileHandle& file,
                                       xet::ChunkDecoder& decoder, ChunkSpan rest, Bytes& records);
    void account(const CachedBody& body);
    // Removes the bodies used longest ago until no more than `limit` bytes are left, sparing
    // `keep`. Blocks.
    void shrink_to(std::uint64_t limit, const CachedBody* keep);
    void remove(const CachedBody& body);  // blocks

    CacheOptions options_;
    XorbCatalog& catalog_;
    BodyOrigin& origin_;
    Pools pools_;
    const Log& log_;
    std::string boot_;
    OpenFiles files_;
    CacheCounts counts_;
    std::mutex creating_;
    mutable std::mutex mutex_;
    std::list<xet::Hash> recent_;  // newest first
    std::unordered_map<xet::Hash, Slot> slots_;
    std::uint64_t used_ = 0;
    net::Gate ahead_;
};

}  // namespace siahub::store
