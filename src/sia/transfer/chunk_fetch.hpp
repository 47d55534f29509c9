#pragma once
// One piece of a slab on its way from the hosts: the range of rows that covers it is read from as
// many shards as suffice, more when it is urgent; what is late is raced, what fails is replaced,
// and once enough shards are there the rest is cancelled. Then missing data shards are rebuilt, and
// the ciphers taken off. Used once.

#include "crypto/reed_solomon.hpp"
#include "sia/erasure.hpp"
#include "sia/transfer/transfers.hpp"

namespace siahub::sia {

struct Chunk {
    const Slab* slab = nullptr;
    std::size_t in_slab = 0;
    std::uint64_t in_object = 0;
    std::size_t length = 0;
};

// What a fetch has cost, for tests, benchmarks and metrics.
struct FetchCost {
    std::uint64_t bytes_asked = 0;  // of shards, also of those that were cancelled
    std::uint64_t calls = 0, failed_calls = 0;
};

class ChunkFetch {
  public:
    // An urgent one costs more and comes sooner. Everything that is passed outlives the fetch.
    ChunkFetch(Transfers& transfers, const SecretKey& data_key, Chunk chunk, bool urgent,
               FetchCost& cost);

    // The plain bytes. unavailable: too few shards could be read.
    Task<Result<Bytes>> run();

  private:
    struct Shard {
        std::size_t index = 0;  // in the slab
        PublicKey host;
        Hash256 root;
        HostPool::Rank rank;
        std::optional<Bytes> bytes;
        bool running = false, expired = false, raced = false;
        std::size_t failures = 0;
        TimePoint started = TimePoint::max(), not_before{};
        Children::Id task = 0;
    };

    Task<Result<void>> drive();
    Task<void> read(Shard& shard);
    void start(Shard& shard);
    void start_more(TimePoint now);
    void race_slow(TimePoint now);
    void expire(TimePoint now);
    [[nodiscard]] Shard* next_candidate(TimePoint now);
    [[nodiscard]] bool may_try(const Shard& shard) const;
    [[nodiscard]] TimePoint next_event(TimePoint now) const;
    [[nodiscard]] TimePoint race_time(const Shard& shard) const;
    [[nodiscard]] Result<void> check() const;
    [[nodiscard]] std::size_t count(bool (*what)(const Shard&)) const;
    [[nodiscard]] Bytes assemble();

    Transfers& transfers_;
    const SecretKey& data_key_;
    const Chunk chunk_;
    const bool urgent_;
    FetchCost& cost_;
    const std::size_t needed_;
    const ShardRange range_;
    std::vector<Shard> shards_;  // best first
    Children children_;
    bool done_ = false;
    std::string last_error_;
};

}  // namespace siahub::sia
