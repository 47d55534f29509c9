#include "sia/transfer/host_pool.hpp"

#include "core/async_mutex.hpp"
#include "sia/merkle.hpp"
#include "sia/transfer/children.hpp"

#include <algorithm>
#include <utility>

namespace siahub::sia {

namespace {

using SteadyClock = std::chrono::steady_clock;

// Before there are samples: a sector in five seconds, a small read in half a second.
constexpr Seconds kWriteGuess{1.25}, kReadGuess{0.5}, kLatencyGuess{0.5};
// A proof of up to this much is checked where it arrives: about 100 µs.
constexpr std::size_t kInline = 96 << 10;
// Prices that are about to expire would do so on the way.
constexpr std::int64_t kPriceMargin = 10;
constexpr double kSlow = 1.5;
// What a host complained of may have been put right since.
constexpr std::chrono::minutes kFaultIsNews{5};

// For how long other hosts are preferred after a fault.
std::chrono::milliseconds pause_after(HostFault fault, std::size_t in_a_row) {
    using namespace std::chrono_literals;
    switch (fault) {
        case HostFault::not_enough_funds:
        case HostFault::token_expired:
        case HostFault::token_refused:
            return 30s;
        case HostFault::out_of_storage:
            return 10min;
        case HostFault::bad_answer:
            return 60s;
        case HostFault::sector_missing:
        case HostFault::prices_expired:
            return 0s;
        case HostFault::unreachable:
        case HostFault::refused:
            break;
    }
    return std::min<std::chrono::milliseconds>(60s, 1s * (1 << std::min<std::size_t>(in_a_row, 6)));
}

// An empty account or a clock that is wrong says nothing about the host.
bool is_about_account(HostFault fault) {
    return fault == HostFault::not_enough_funds || fault == HostFault::token_expired ||
           fault == HostFault::token_refused;
}

}  // namespace

struct HostPool::Entry {
    Host host;
    FailureRate failures;
    TimeModel writes{kLatencyGuess, kWriteGuess}, reads{kLatencyGuess, kReadGuess};
    std::size_t in_flight = 0;
    TimePoint paused_until{};
    std::string last_error;
    HostFault last_fault{};
    TimePoint failed_at{};
    std::optional<HostPrices> prices;
    AsyncMutex fetching;  // prices: one asks, the others wait for the answer
};

// One call while it runs. What ends without a verdict was cancelled: that it took so long without
// an answer is a sample too, else a silent host would stay untried and attractive for ever.
class HostPool::Call {
  public:
    Call(HostPool& pool, EntryPtr entry, bool writing, std::size_t bytes)
        : pool_(pool), entry_(std::move(entry)), writing_(writing), bytes_(bytes) {
        ++entry_->in_flight;
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call() {
        --entry_->in_flight;
        if (settled_) return;
        const auto waited = elapsed();
        if (waited > kSlow * model().expect(bytes_)) entry_->failures.observe(true);
        if (waited > model().expect(bytes_) || !model().sampled())
            model().observe(bytes_, 2 * waited);
    }

    void succeeded() {
        settled_ = true;
        entry_->failures.observe(false);
        entry_->last_error.clear();
        model().observe(bytes_, elapsed());
        (writing_ ? pool_.writes_ : pool_.reads_).observe(bytes_, elapsed());
    }
    void failed(const HostError& error) {
        settled_ = true;
        entry_->last_error = error.message;
        entry_->last_fault = error.fault;
        entry_->failed_at = SteadyClock::now();
        if (!is_about_account(error.fault)) entry_->failures.observe(true);
        const auto pause = pause_after(error.fault, entry_->failures.in_a_row());
        entry_->paused_until = std::max(entry_->paused_until, SteadyClock::now() + pause);
        if (error.fault == HostFault::prices_expired) entry_->prices.reset();
    }

  private:
    TimeModel& model() { return writing_ ? entry_->writes : entry_->reads; }
    [[nodiscard]] Seconds elapsed() const { return SteadyClock::now() - started_; }

    HostPool& pool_;
    EntryPtr entry_;
    bool writing_;
    std::size_t bytes_;
    bool settled_ = false;
    TimePoint started_ = SteadyClock::now();
};

HostPool::HostPool(HostTransport& transport, WorkPool& work, const Clock& clock)
    : transport_(transport),
      work_(work),
      clock_(clock),
      writes_(kLatencyGuess, kWriteGuess),
      reads_(kLatencyGuess, kReadGuess) {}

HostPool::~HostPool() = default;

void HostPool::update(std::vector<Host> hosts) {
    std::unordered_map<PublicKey, EntryPtr> listed;
    for (auto& host : hosts) {
        auto entry = find(host.key);
        if (!entry) entry = std::make_shared<Entry>();
        entry->host = std::move(host);
        listed.insert_or_assign(entry->host.key, entry);
    }
    entries_ = std::move(listed);
}

std::size_t HostPool::good_for_upload() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        entries_, [](const auto& entry) { return entry.second->host.good_for_upload; }));
}

HostPool::EntryPtr HostPool::find(const PublicKey& host) const {
    const auto found = entries_.find(host);
    return found != entries_.end() ? found->second : nullptr;
}

HostPool::Rank HostPool::rank_of(const Entry& entry, bool writing, std::size_t bytes) {
    const auto& model = writing ? entry.writes : entry.reads;
    const auto load = static_cast<double>(entry.in_flight + 1);
    return {entry.paused_until > SteadyClock::now(), static_cast<int>(entry.failures.rate() * 20),
            model.sampled(), model.expect(bytes).count() * load};
}

HostPool::Rank HostPool::read_rank(const PublicKey& host, std::size_t bytes) const {
    return rank_of(*find(host), false, bytes);
}

std::optional<PublicKey> HostPool::best_for_upload(const Filter& accept) const {
    std::optional<std::pair<Rank, PublicKey>> best;
    for (const auto& [key, entry] : entries_) {
        if (!entry->host.good_for_upload || !accept(key)) continue;
        const auto rank = rank_of(*entry, true, kSectorSize);
        if (!best || rank < best->first) best.emplace(rank, key);
    }
    if (!best) return std::nullopt;
    return best->second;
}

std::size_t HostPool::count_for_upload(const Filter& accept) const {
    return static_cast<std::size_t>(std::ranges::count_if(entries_, [&](const auto& entry) {
        return entry.second->host.good_for_upload && accept(entry.first);
    }));
}

Seconds HostPool::expect_read(const PublicKey& host, std::size_t bytes) const {
    const auto entry = find(host);
    // A host that is always slow is no surprise, but a reader need not put up with it.
    const auto usual = reads_.expect(bytes);
    return entry && entry->reads.sampled() ? std::min(entry->reads.expect(bytes), 2 * usual)
                                           : usual;
}

Task<HostResult<HostPrices>> HostPool::prices_of(EntryPtr entry) {
    const auto current = [&] {
        return entry->prices && entry->prices->valid_until - kPriceMargin > clock_.now() / 1000;
    };
    if (!current()) {
        const auto turn = co_await entry->fetching.lock();
        if (!current()) co_return co_await fetch_prices(entry);
    }
    co_return *entry->prices;
}

Task<HostResult<HostPrices>> HostPool::fetch_prices(EntryPtr entry) {
    auto prices = co_await transport_.prices(entry->host);
    if (prices) entry->prices = *prices;
    co_return prices;
}

// With new prices, or with the new token that every call gets: the old one may have expired while
// the call waited for its turn or for a connection.
bool HostPool::worth_repeating(Entry& entry, HostFault fault) {
    if (fault == HostFault::prices_expired) entry.prices.reset();
    return fault == HostFault::prices_expired || fault == HostFault::token_expired;
}

Task<HostResult<Hash256>> HostPool::try_write(EntryPtr entry, ByteView sector) {
    const auto prices = co_await prices_of(entry);
    if (!prices) co_return std::unexpected(prices.error());
    co_return co_await transport_.write_sector(entry->host, *prices, sector);
}

Task<HostResult<void>> HostPool::write(PublicKey host, ByteView sector, Hash256 root) {
    const auto entry = find(host);
    if (!entry) co_return std::unexpected(HostError{HostFault::unreachable, "Unknown host."});
    Call call(*this, entry, true, sector.size());
    auto stored = co_await try_write(entry, sector);
    if (!stored && worth_repeating(*entry, stored.error().fault))
        stored = co_await try_write(entry, sector);
    co_await throw_if_cancelled();  // a fault of a cancelled call says nothing
    if (stored && *stored != root)
        stored = std::unexpected(
            HostError{HostFault::bad_answer, "The host computed another root for a sector."});
    if (!stored) {
        call.failed(stored.error());
        co_return std::unexpected(stored.error());
    }
    call.succeeded();
    co_return HostResult<void>{};
}

Task<HostResult<SectorRead>> HostPool::try_read(EntryPtr entry, Hash256 root, std::size_t offset,
                                                std::size_t length) {
    const auto prices = co_await prices_of(entry);
    if (!prices) co_return std::unexpected(prices.error());
    co_return co_await transport_.read_sector(entry->host, *prices, root, offset, length);
}

Task<HostResult<Bytes>> HostPool::read(PublicKey host, Hash256 root, std::size_t offset,
                                       std::size_t length) {
    const auto entry = find(host);
    if (!entry) co_return std::unexpected(HostError{HostFault::unreachable, "Unknown host."});
    Call call(*this, entry, false, length);
    auto answer = co_await try_read(entry, root, offset, length);
    if (!answer && worth_repeating(*entry, answer.error().fault))
        answer = co_await try_read(entry, root, offset, length);
    co_await throw_if_cancelled();
    if (answer) {
        const auto check = [&] {
            if (answer->data.size() != length) return false;
            return verify_range_proof(answer->data, offset / kLeafSize, answer->proof, root)
                .has_value();
        };
        const bool proven = length <= kInline ? check() : co_await work_.run(check);
        if (!proven)
            answer = std::unexpected(HostError{
                HostFault::bad_answer, "The host sent bytes that do not belong to the sector."});
    }
    if (!answer) {
        call.failed(answer.error());
        co_return std::unexpected(answer.error());
    }
    call.succeeded();
    co_return std::move(answer->data);
}

std::vector<HostPool::View> HostPool::view() const {
    std::vector<View> views;
    for (const auto& [key, entry] : entries_) {
        View view{
            entry->host, entry->failures.rate(), entry->in_flight, {}, {}, {}, entry->last_error,
            {},          entry->prices};
        if (!entry->last_error.empty() && SteadyClock::now() - entry->failed_at < kFaultIsNews)
            view.fault = entry->last_fault;
        if (entry->writes.sampled()) view.write_bytes_per_second = entry->writes.bytes_per_second();
        if (entry->reads.sampled()) {
            view.read_bytes_per_second = entry->reads.bytes_per_second();
            view.latency = entry->reads.latency();
        }
        views.push_back(std::move(view));
    }
    std::ranges::sort(views, {}, [](const View& view) { return view.host.key; });
    return views;
}

}  // namespace siahub::sia
