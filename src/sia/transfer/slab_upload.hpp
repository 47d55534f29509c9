#pragma once
// One slab on its way to the hosts: parity, shard cipher and roots on the pool, then
// every shard to a host of its own. A shard whose host fails goes to another one; a host gets a few
// tries. When all shards are on their way, those that take much longer than expected are raced by a
// second host, and the first one wins. A shard's memory is given back as soon as it is stored. Used
// once.

#include "sia/slab_encoder.hpp"
#include "sia/transfer/transfers.hpp"

namespace siahub::sia {

class SlabUpload {
  public:
    using Sectors = std::vector<net::BufferPool::Buffer>;

    // `sectors`: one per shard; the data shards hold the object-encrypted bytes. `code` is for the
    // redundancy of `transfers`; both outlive the upload.
    SlabUpload(Transfers& transfers, const ReedSolomon& code, SecretKey key, Sectors sectors);

    // unavailable: too few hosts took their shard; the message tells what the last one said.
    Task<Result<Slab>> run();

  private:
    struct Attempt {
        std::optional<PublicKey> host;  // chosen when its turn comes
        TimePoint started = TimePoint::max();
        Children::Id task = 0;
        bool expired = false;
        bool racing = false;
    };
    struct Shard {
        net::BufferPool::Buffer bytes;
        Hash256 root;
        bool tried = false;
        bool raced = false;
        std::optional<PublicKey> stored_at;
        std::vector<std::unique_ptr<Attempt>> attempts;  // running
    };
    struct HostState {
        bool busy = false;  // is getting a shard of this slab
        bool stores = false;
        std::size_t failures = 0;
        TimePoint not_before{};
    };

    Task<Result<Slab>> drive();
    Task<void> prepare();
    Task<void> encode(std::size_t band);
    Task<void> attempt(std::size_t index, Attempt& attempt);
    void end_attempt(std::size_t index, Attempt& attempt, HostResult<void> outcome);
    void start_attempt(std::size_t index, bool racing);
    void start_waiting();
    void race_slow(TimePoint now);
    void expire(TimePoint now);
    [[nodiscard]] TimePoint next_event(TimePoint now) const;
    [[nodiscard]] bool may_still_take(const PublicKey& host) const;
    [[nodiscard]] std::optional<PublicKey> choose_host();
    [[nodiscard]] bool hopeless() const;
    [[nodiscard]] std::size_t stored() const;
    [[nodiscard]] std::chrono::duration<double> race_time() const;
    [[nodiscard]] Slab result() const;

    Transfers& transfers_;
    const ReedSolomon& code_;
    SecretKey key_;
    std::vector<Shard> shards_;
    std::optional<SlabEncoder> encoder_;  // while the shards are prepared
    std::size_t bands_left_ = SlabEncoder::kBands;
    std::unordered_map<PublicKey, HostState> hosts_;
    Children children_;
    std::string last_error_;
};

}  // namespace siahub::sia
