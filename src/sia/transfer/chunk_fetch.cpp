#include "sia/transfer/chunk_fetch.hpp"

#include "sia/cipher.hpp"

#include <algorithm>
#include <cmath>

namespace siahub::sia {

namespace {

using SteadyClock = std::chrono::steady_clock;
// Up to this much is put together where it arrived: about 200 µs.
constexpr std::size_t kInline = 128 << 10;

}  // namespace

ChunkFetch::ChunkFetch(Transfers& transfers, const SecretKey& data_key, Chunk chunk, bool urgent,
                       FetchCost& cost)
    : transfers_(transfers),
      data_key_(data_key),
      chunk_(chunk),
      urgent_(urgent),
      cost_(cost),
      needed_(chunk.slab->min_shards),
      range_(shard_range(chunk.in_slab, chunk.length, chunk.slab->min_shards)),
      children_(transfers.executor) {
    for (std::size_t i = 0; i < chunk.slab->sectors.size(); ++i) {
        const auto& sector = chunk.slab->sectors[i];
        if (!transfers.hosts.knows(sector.host)) continue;
        Shard shard;
        shard.index = i;
        shard.host = sector.host;
        shard.root = sector.root;
        shard.rank = transfers.hosts.read_rank(sector.host, range_.length);
        shards_.push_back(std::move(shard));
    }
    std::ranges::sort(shards_, {}, &Shard::rank);
}

Task<Result<Bytes>> ChunkFetch::run() {
    auto fetched = co_await children_.around(drive());
    CO_TRY(std::move(fetched));
    if (chunk_.length <= kInline) co_return assemble();
    co_return co_await transfers_.work.run([this] { return assemble(); });
}

Task<Result<void>> ChunkFetch::drive() {
    while (count([](const Shard& shard) { return shard.bytes.has_value(); }) < needed_) {
        CO_TRY(check());
        const auto now = SteadyClock::now();
        expire(now);
        start_more(now);
        race_slow(now);
        co_await children_.sleep_until(next_event(now));
    }
    done_ = true;
    co_return Result<void>{};
}

std::size_t ChunkFetch::count(bool (*what)(const Shard&)) const {
    return static_cast<std::size_t>(std::ranges::count_if(shards_, what));
}

bool ChunkFetch::may_try(const Shard& shard) const {
    return !shard.bytes && !shard.running && shard.failures < transfers_.options.tries_per_host;
}

Result<void> ChunkFetch::check() const {
    const auto left =
        static_cast<std::size_t>(std::ranges::count_if(shards_, [this](const Shard& shard) {
            return shard.bytes || shard.running || may_try(shard);
        }));
    if (left >= needed_) return {};
    return fail(Code::unavailable, "Only " + std::to_string(left) + " of the " +
                                       std::to_string(needed_) +
                                       " shards that are needed can be read. " + last_error_);
}

// Untried shards first, then those whose host may try again.
ChunkFetch::Shard* ChunkFetch::next_candidate(TimePoint now) {
    Shard* best = nullptr;
    for (auto& shard : shards_)
        if (may_try(shard) && shard.not_before <= now &&
            (best == nullptr || shard.failures < best->failures))
            best = &shard;
    return best;
}

void ChunkFetch::start(Shard& shard) {
    shard.running = true;
    shard.expired = shard.raced = false;
    shard.started = TimePoint::max();
    ++cost_.calls;
    cost_.bytes_asked += range_.length;
    shard.task = children_.start(read(shard));
}

void ChunkFetch::start_more(TimePoint now) {
    const auto factor = urgent_ ? transfers_.options.overprovision : 1.0;
    const auto wanted = static_cast<std::size_t>(std::ceil(static_cast<double>(needed_) * factor));
    auto active = count([](const Shard& shard) { return shard.bytes || shard.running; });
    for (; active < wanted; ++active) {
        auto* shard = next_candidate(now);
        if (shard == nullptr) return;
        start(*shard);
    }
}

TimePoint ChunkFetch::race_time(const Shard& shard) const {
    const auto expected = transfers_.hosts.expect_read(shard.host, range_.length);
    return shard.started + std::chrono::duration_cast<SteadyClock::duration>(
                               transfers_.options.race_after * expected);
}

void ChunkFetch::race_slow(TimePoint now) {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        auto& slow = shards_[i];
        if (!slow.running || slow.raced || slow.started == TimePoint::max() ||
            race_time(slow) > now)
            continue;
        auto* other = next_candidate(now);
        if (other == nullptr) return;
        slow.raced = true;
        start(*other);
    }
}

void ChunkFetch::expire(TimePoint now) {
    for (auto& shard : shards_)
        if (shard.running && !shard.expired && shard.started != TimePoint::max() &&
            now - shard.started >= transfers_.options.read_timeout) {
            shard.expired = true;
            children_.cancel(shard.task);
        }
}

TimePoint ChunkFetch::next_event(TimePoint now) const {
    auto next = now + std::chrono::seconds(1);
    for (const auto& shard : shards_) {
        if (may_try(shard) && shard.not_before > now) next = std::min(next, shard.not_before);
        if (!shard.running || shard.started == TimePoint::max()) continue;
        next = std::min(next, shard.started + transfers_.options.read_timeout);
        if (!shard.raced && race_time(shard) > now) next = std::min(next, race_time(shard));
    }
    return next;
}

Task<void> ChunkFetch::read(Shard& shard) {
    HostResult<Bytes> outcome = std::unexpected(HostError{HostFault::unreachable, "Cancelled."});
    std::exception_ptr thrown;
    try {
        const auto pass = co_await transfers_.reads.enter();
        shard.started = SteadyClock::now();
        children_.wake();
        outcome =
            co_await transfers_.hosts.read(shard.host, shard.root, range_.offset, range_.length);
        if (outcome) transfers_.reads.completed(range_.length, SteadyClock::now() - shard.started);
    } catch (...) {
        thrown = std::current_exception();
    }
    shard.running = false;
    if (outcome) {
        shard.bytes = std::move(*outcome);
    } else if (!done_) {
        ++cost_.failed_calls;
        const auto pause =
            transfers_.options.retry_pause * (1 << std::min<std::size_t>(shard.failures, 6));
        shard.not_before = SteadyClock::now() + pause;
        ++shard.failures;
        last_error_ = shard.expired ? "A host did not answer in time."
                                    : "A host said: " + outcome.error().message;
    }
    if (thrown) std::rethrow_exception(thrown);
}

Bytes ChunkFetch::assemble() {
    const auto& slab = *chunk_.slab;
    std::vector<ReedSolomon::Source> sources;
    std::vector<ByteView> data(needed_);
    for (auto& shard : shards_) {
        if (!shard.bytes || sources.size() == needed_) continue;
        apply_shard_cipher(slab.key, shard.index, range_.offset, *shard.bytes);
        sources.push_back({shard.index, *shard.bytes});
        if (shard.index < needed_) data[shard.index] = *shard.bytes;
    }
    std::vector<Bytes> rebuilt;
    std::vector<ReedSolomon::Target> targets;
    rebuilt.reserve(needed_);
    for (std::size_t i = 0; i < needed_; ++i) {
        if (!data[i].empty()) continue;
        data[i] = rebuilt.emplace_back(range_.length);
        targets.push_back({i, rebuilt.back()});
    }
    if (!targets.empty()) ReedSolomon(needed_, slab.sectors.size()).rebuild(sources, targets);
    Bytes plain(chunk_.length);
    gather(data, range_.skip, plain);
    apply_object_cipher(data_key_, {slab.version, slab.key, chunk_.in_slab, chunk_.in_object},
                        plain);
    return plain;
}

}  // namespace siahub::sia
