#pragma once
// Counts downloads and bytes in memory, and now and then writes the sums down: repo_downloads,
// repos.downloads and .trending, and per repository, user and key one line of usage_log. No request
// writes. What was counted since the last flush() is lost in a crash, and only then.
//
// A download is one visitor (a user, or an address without a key) asking for the files of a
// repository, however many files and by whatever way, once in kOneDownload: clients ask for every
// file of a snapshot by itself, most often with HEAD and then fetch through Xet. Bytes are those
// that were granted: a client that leaves half-way is counted in full.
//
// Any thread. Cost: a visit that counts no more is a hash and one atomic read; the rest takes a
// striped lock. Memory: 512 KiB, and about 100 bytes per repository and user seen since a flush.
// The memory of visits is a table without collision lists: a visitor whose slot another one took
// counts once more (docs/counters.md).

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "db/database.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>

namespace siahub::hub {

class Traffic {
  public:
    static constexpr UnixMillis kOneDownload = 5LL * 60 * 1000;

    // Who did it: a user, by a key; 0 for none.
    struct Who {
        Who(RowId user_id, RowId key_id = 0) : user(user_id), key(key_id) {}
        RowId user, key;
    };

    Traffic(db::Database& database, const Clock& clock);

    // Somebody asked for a file and may have it.
    void visit(RowId repo, Who who, std::string_view address);
    void sent(RowId repo, Who who, std::uint64_t bytes);
    // Bytes as they came, and what they are when unpacked. What files have beyond the latter did
    // not have to be sent.
    void received(RowId repo, Who who, std::uint64_t bytes, std::uint64_t unpacked = 0);
    void registered(RowId repo, Who who, std::uint64_t files, std::uint64_t bytes);

    // In one transaction. After an error the counts are kept for the next call. One at a time.
    Task<Result<void>> flush();

  private:
    struct Key {
        RowId repo = 0;
        RowId user = 0;
        RowId key = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct HashOfKey {
        std::size_t operator()(const Key& key) const noexcept;
    };
    struct Counted {
        std::int64_t downloads = 0;
        std::int64_t sent = 0;
        std::int64_t received = 0;
        std::int64_t files = 0;
        std::int64_t saved = 0;
        Counted& operator+=(const Counted& other);
    };
    using Counts = std::unordered_map<Key, Counted, HashOfKey>;
    struct Stripe {
        std::mutex mutex;
        Counts counts;
    };
    static constexpr std::size_t kSlots = 1U << 16;

    bool is_new_visit(RowId repo, std::uint64_t visitor);
    void add(const Key& key, const Counted& counted);
    Counts take();
    Task<Result<void>> write(const Counts& counts);

    db::Database& db_;
    const Clock& clock_;
    std::array<Stripe, 16> stripes_;
    // 40 bits that tell visits of one slot apart, 24 bits of the second it was counted in.
    std::vector<std::atomic<std::uint64_t>> visits_;
};

}  // namespace siahub::hub
