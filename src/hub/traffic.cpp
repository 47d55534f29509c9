#include "hub/traffic.hpp"

#include "core/row_ids.hpp"
#include "db/lock_order.hpp"
#include "db/transact.hpp"

namespace siahub::hub {
namespace {

constexpr std::uint64_t kTimeBits = 24;
constexpr std::uint64_t kTimeMask = (1ULL << kTimeBits) - 1;
constexpr UnixMillis kSecond = 1000;
constexpr UnixMillis kDay = 24LL * 60 * 60 * kSecond;

// The finalizer of SplitMix64: every bit of the result depends on every bit of the input.
constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return mix(mix(a) + b);
}

std::uint64_t visitor_of(RowId user, std::string_view address) {
    return user != 0 ? mix(static_cast<std::uint64_t>(user))
                     : std::hash<std::string_view>{}(address);
}

struct Batches {
    explicit Batches(UnixMillis moment) : now(moment), ids(moment) {}

    UnixMillis now;
    RowIds ids;
    std::vector<db::Params> days;
    std::vector<db::Params> totals;
    std::vector<db::Params> log;
};

struct Line {
    std::string_view event;
    std::int64_t bytes = 0, count = 0, saved = 0;
};

db::Param or_null(RowId id) {
    if (id == 0) return nullptr;
    return id;
}

void add_log_line(Batches& batches, RowId repo, Traffic::Who who, const Line& line) {
    batches.log.push_back({batches.ids.next(), batches.now, line.event, or_null(who.user), repo,
                           line.bytes, or_null(who.key), line.count, line.saved});
}

// A repository that was deleted meanwhile gets no row again.
constexpr std::string_view kAddToDay =
    "INSERT INTO repo_downloads (repo_id, day, count)"
    " SELECT id, CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM repos WHERE id = $1"
    " ON CONFLICT (repo_id, day) DO UPDATE SET count = repo_downloads.count + excluded.count";
// Listing::refresh_trending lets old days fall out of `trending`.
constexpr std::string_view kAddToTotal =
    "UPDATE repos SET downloads = downloads + $2, trending = trending + $2 WHERE id = $1";
constexpr std::string_view kInsertLine =
    "INSERT INTO usage_log (id, at, event, user_id, repo_id, bytes, key_id, count, saved)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

Task<Result<void>> write_batches(db::Transaction& transaction, const Batches& batches) {
    CO_TRY(co_await transaction.execute_many(kAddToDay, batches.days));
    CO_TRY(co_await transaction.execute_many(kAddToTotal, batches.totals));
    CO_TRY(co_await transaction.execute_many(kInsertLine, batches.log));
    co_return co_await transaction.commit();
}

}  // namespace

std::size_t Traffic::HashOfKey::operator()(const Key& key) const noexcept {
    return mix(mix(static_cast<std::uint64_t>(key.repo), static_cast<std::uint64_t>(key.user)),
               static_cast<std::uint64_t>(key.key));
}

Traffic::Counted& Traffic::Counted::operator+=(const Counted& other) {
    downloads += other.downloads;
    sent += other.sent;
    received += other.received;
    files += other.files;
    saved += other.saved;
    return *this;
}

Traffic::Traffic(db::Database& database, const Clock& clock)
    : db_(database), clock_(clock), visits_(kSlots) {}

void Traffic::visit(RowId repo, Who who, std::string_view address) {
    if (is_new_visit(repo, visitor_of(who.user, address)))
        add({repo, who.user, who.key}, {.downloads = 1});
}

void Traffic::sent(RowId repo, Who who, std::uint64_t bytes) {
    if (bytes > 0) add({repo, who.user, who.key}, {.sent = static_cast<std::int64_t>(bytes)});
}

void Traffic::received(RowId repo, Who who, std::uint64_t bytes, std::uint64_t unpacked) {
    if (bytes > 0)
        add({repo, who.user, who.key}, {.received = static_cast<std::int64_t>(bytes),
                                        .saved = -static_cast<std::int64_t>(unpacked)});
}

void Traffic::registered(RowId repo, Who who, std::uint64_t files, std::uint64_t bytes) {
    if (files > 0)
        add({repo, who.user, who.key},
            {.files = static_cast<std::int64_t>(files), .saved = static_cast<std::int64_t>(bytes)});
}

bool Traffic::is_new_visit(RowId repo, std::uint64_t visitor) {
    const auto hash = mix(static_cast<std::uint64_t>(repo), visitor);
    const auto second = static_cast<std::uint64_t>(clock_.now() / kSecond) & kTimeMask;
    auto& slot = visits_[hash % kSlots];
    auto known = slot.load(std::memory_order_relaxed);
    const bool is_same = (known >> kTimeBits) == (hash >> kTimeBits);
    if (is_same && ((second - known) & kTimeMask) < kOneDownload / kSecond) return false;
    // Of two requests at the same moment one counts.
    return slot.compare_exchange_strong(known, (hash & ~kTimeMask) | second,
                                        std::memory_order_relaxed);
}

void Traffic::add(const Key& key, const Counted& counted) {
    Stripe& stripe = stripes_[HashOfKey{}(key) % stripes_.size()];
    const std::scoped_lock guard(stripe.mutex);
    stripe.counts[key] += counted;
}

Traffic::Counts Traffic::take() {
    Counts all;
    for (Stripe& stripe : stripes_) {
        const std::scoped_lock guard(stripe.mutex);
        all.merge(std::exchange(stripe.counts, {}));
    }
    return all;
}

Task<Result<void>> Traffic::flush() {
    const auto counts = take();
    if (counts.empty()) co_return Result<void>{};
    auto written = co_await write(counts);
    if (!written)
        for (const auto& [key, counted] : counts)
            add(key, counted);
    co_return written;
}

Task<Result<void>> Traffic::write(const Counts& counts) {
    Batches batches(clock_.now());
    for (const auto& [key, counted] : counts) {
        if (counted.downloads > 0) {
            batches.days.push_back({key.repo, batches.now / kDay, counted.downloads});
            batches.totals.push_back({key.repo, counted.downloads});
        }
        if (counted.downloads > 0 || counted.sent > 0)
            add_log_line(batches, key.repo, {key.user, key.key},
                         {.event = "download", .bytes = counted.sent, .count = counted.downloads});
        if (counted.received > 0 || counted.files > 0)
            add_log_line(batches, key.repo, {key.user, key.key},
                         {.event = "upload",
                          .bytes = counted.received,
                          .count = counted.files,
                          .saved = counted.saved});
    }
    db::sort_by_integer(batches.days, 0);
    db::sort_by_integer(batches.totals, 0);
    co_return co_await db::transact(db_, db::Isolation::read_committed, write_batches, batches);
}

}  // namespace siahub::hub
