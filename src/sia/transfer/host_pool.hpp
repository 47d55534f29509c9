#pragma once
// The hosts that indexd lists, what is known of each, and calls to them: prices are fetched once
// and kept until they expire, roots and proofs are checked, and every call teaches something about
// its host. Hosts are ranked by failures first, then those nobody has tried yet, then by the time a
// call is expected to take. One executor; heavy checks run on the pool.

#include "core/clock.hpp"
#include "core/work_pool.hpp"
#include "sia/transfer/host_stats.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

namespace siahub::sia {

class HostPool {
  public:
    // All outlive the pool; the pool outlives its calls.
    HostPool(HostTransport& transport, WorkPool& work, const Clock& clock);
    ~HostPool();
    HostPool(const HostPool&) = delete;
    HostPool& operator=(const HostPool&) = delete;

    // Replaces the list; what is known of hosts that stay is kept.
    void update(std::vector<Host> hosts);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::size_t good_for_upload() const;
    [[nodiscard]] bool knows(const PublicKey& host) const { return entries_.contains(host); }

    // The best host that takes uploads and that `accept` accepts.
    using Filter = std::function<bool(const PublicKey&)>;
    [[nodiscard]] std::optional<PublicKey> best_for_upload(const Filter& accept) const;
    // How many hosts that take uploads it accepts, whatever their state.
    [[nodiscard]] std::size_t count_for_upload(const Filter& accept) const;
    // Lower is better. What a call is worth trying now; `host` is known.
    struct Rank {
        bool resting = false;  // after a fault
        int failures = 0;
        bool sampled = false;
        double seconds = 0;
        auto operator<=>(const Rank&) const = default;
    };
    [[nodiscard]] Rank read_rank(const PublicKey& host, std::size_t bytes) const;

    // Stores a sector; a root other than the given one is a bad answer. `host` is known.
    Task<HostResult<void>> write(PublicKey host, ByteView sector, Hash256 root);
    // Reads and proves a range, in multiples of 64.
    Task<HostResult<Bytes>> read(PublicKey host, Hash256 root, std::size_t offset,
                                 std::size_t length);

    // What a call of this size takes on average, over all hosts.
    [[nodiscard]] Seconds expect_write(std::size_t bytes) const { return writes_.expect(bytes); }
    [[nodiscard]] Seconds expect_read(const PublicKey& host, std::size_t bytes) const;

    // For metrics and diagnosis.
    struct View {
        Host host;
        double failure_rate = 0;
        std::size_t in_flight = 0;
        std::optional<double> write_bytes_per_second, read_bytes_per_second;
        std::optional<Seconds> latency;
        std::string last_error;            // empty after a success
        std::optional<HostFault> fault;    // of the last call, when that was minutes ago at most
        std::optional<HostPrices> prices;  // as they were told last
    };
    [[nodiscard]] std::vector<View> view() const;

  private:
    struct Entry;
    class Call;
    using EntryPtr = std::shared_ptr<Entry>;  // outlives its listing while calls use it

    Task<HostResult<HostPrices>> prices_of(EntryPtr entry);
    Task<HostResult<HostPrices>> fetch_prices(EntryPtr entry);
    Task<HostResult<Hash256>> try_write(EntryPtr entry, ByteView sector);
    Task<HostResult<SectorRead>> try_read(EntryPtr entry, Hash256 root, std::size_t offset,
                                          std::size_t length);
    [[nodiscard]] static bool worth_repeating(Entry& entry, HostFault fault);
    [[nodiscard]] EntryPtr find(const PublicKey& host) const;
    [[nodiscard]] static Rank rank_of(const Entry& entry, bool writing, std::size_t bytes);

    HostTransport& transport_;
    WorkPool& work_;
    const Clock& clock_;
    std::unordered_map<PublicKey, EntryPtr> entries_;
    TimeModel writes_, reads_;  // over all hosts
};

}  // namespace siahub::sia
