#include "sia/transfer/slab_upload.hpp"

#include <algorithm>

namespace siahub::sia {

namespace {

using SteadyClock = std::chrono::steady_clock;
// How often it is looked whether a host has become free, when all are busy or resting.
constexpr std::chrono::milliseconds kPoll{50};

TimePoint after(TimePoint start, Seconds wait) {
    return start + std::chrono::duration_cast<SteadyClock::duration>(wait);
}

}  // namespace

SlabUpload::SlabUpload(Transfers& transfers, const ReedSolomon& code, SecretKey key,
                       Sectors sectors)
    : transfers_(transfers), code_(code), key_(key), children_(transfers.executor) {
    for (auto& sector : sectors)
        shards_.emplace_back().bytes = std::move(sector);
}

Task<Result<Slab>> SlabUpload::run() {
    auto slab = co_await children_.around(drive());
    co_return slab;
}

Task<Result<Slab>> SlabUpload::drive() {
    const auto needed = shards_.size(), listed = transfers_.hosts.good_for_upload();
    if (listed < needed)
        co_return fail(Code::unavailable, "A slab needs " + std::to_string(needed) +
                                              " hosts that take uploads, and there are " +
                                              std::to_string(listed) + ".");
    co_await prepare();
    while (stored() < needed) {
        const auto now = SteadyClock::now();
        start_waiting();
        expire(now);
        race_slow(now);
        if (hopeless())
            co_return fail(Code::unavailable,
                           "Only " + std::to_string(stored()) + " of " + std::to_string(needed) +
                               " hosts took their part of a slab. " + last_error_);
        co_await children_.sleep_until(next_event(now));
    }
    co_return result();
}

// The encoder is not of this call: when that is cancelled, jobs may still be on the pool.
Task<void> SlabUpload::prepare() {
    std::vector<std::span<std::byte>> sectors;
    sectors.reserve(shards_.size());
    for (const auto& shard : shards_)
        sectors.push_back(shard.bytes.bytes());
    encoder_.emplace(code_, key_, std::move(sectors));
    for (std::size_t band = 0; band < SlabEncoder::kBands; ++band)
        children_.start(encode(band));
    while (bands_left_ > 0)
        co_await children_.sleep_until(TimePoint::max());
    const auto roots = co_await transfers_.work.run([this] { return encoder_->roots(); });
    co_await throw_if_cancelled();
    for (std::size_t i = 0; i < shards_.size(); ++i)
        shards_[i].root = roots[i];
    encoder_.reset();
}

Task<void> SlabUpload::encode(std::size_t band) {
    co_await transfers_.work.run([this, band] {
        encoder_->encode(band);
        return true;
    });
    co_await throw_if_cancelled();
    --bands_left_;
}

void SlabUpload::start_waiting() {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        const auto& shard = shards_[i];
        if (!shard.stored_at && shard.attempts.empty()) start_attempt(i, false);
    }
}

void SlabUpload::start_attempt(std::size_t index, bool racing) {
    auto& attempts = shards_[index].attempts;
    attempts.push_back(std::make_unique<Attempt>());
    auto& added = *attempts.back();
    added.racing = racing;
    if (racing) {
        // Chosen now: a race that has nobody to run must not begin.
        added.host = choose_host();
        if (!added.host) {
            attempts.pop_back();
            return;
        }
        shards_[index].raced = true;
    }
    added.task = children_.start(attempt(index, added));
}

Task<void> SlabUpload::attempt(std::size_t index, Attempt& attempt) {
    auto& shard = shards_[index];
    HostResult<void> outcome = std::unexpected(HostError{HostFault::unreachable, "Cancelled."});
    try {
        // Races do not queue: the calls that they are to overtake may hold every place.
        AdaptiveGate::Pass pass;
        if (!attempt.racing) pass = co_await transfers_.writes.enter();
        while (!attempt.host) {
            attempt.host = choose_host();
            if (attempt.host) break;
            pass = {};
            co_await sleep_for(kPoll);
            pass = co_await transfers_.writes.enter();
        }
        shard.tried = true;
        attempt.started = SteadyClock::now();
        children_.wake();
        outcome = co_await transfers_.hosts.write(*attempt.host, shard.bytes.bytes(), shard.root);
        if (outcome) transfers_.writes.completed(kSectorSize, SteadyClock::now() - attempt.started);
    } catch (...) {
        end_attempt(index, attempt, std::move(outcome));
        throw;
    }
    end_attempt(index, attempt, std::move(outcome));
}

void SlabUpload::end_attempt(std::size_t index, Attempt& attempt, HostResult<void> outcome) {
    auto& shard = shards_[index];
    const bool won = outcome && !shard.stored_at;
    if (attempt.host) {
        auto& host = hosts_[*attempt.host];
        host.busy = false;
        if (won) {
            host.stores = true;
            shard.stored_at = attempt.host;
        }
        if (!outcome && (attempt.expired || !shard.stored_at)) {
            const auto pause =
                transfers_.options.retry_pause * (1 << std::min<std::size_t>(host.failures, 6));
            host.not_before = SteadyClock::now() + pause;
            ++host.failures;
            last_error_ = attempt.expired ? "A host did not answer in time."
                                          : "A host said: " + outcome.error().message;
        }
    }
    std::erase_if(shard.attempts, [&](const auto& other) { return other.get() == &attempt; });
    if (won)
        for (const auto& other : shard.attempts)
            children_.cancel(other->task);
    if (shard.stored_at && shard.attempts.empty()) shard.bytes.release();
}

bool SlabUpload::may_still_take(const PublicKey& host) const {
    const auto found = hosts_.find(host);
    return found == hosts_.end() ||
           (!found->second.stores && found->second.failures < transfers_.options.tries_per_host);
}

std::optional<PublicKey> SlabUpload::choose_host() {
    const auto now = SteadyClock::now();
    auto best = transfers_.hosts.best_for_upload([&](const PublicKey& host) {
        if (!may_still_take(host)) return false;
        const auto found = hosts_.find(host);
        return found == hosts_.end() || (!found->second.busy && found->second.not_before <= now);
    });
    if (best) hosts_[*best].busy = true;
    return best;
}

// Not even success with every host that has tries left would be enough.
bool SlabUpload::hopeless() const {
    const auto left = transfers_.hosts.count_for_upload(
        [this](const PublicKey& host) { return may_still_take(host); });
    return stored() + left < shards_.size();
}

std::chrono::duration<double> SlabUpload::race_time() const {
    return transfers_.options.race_after * transfers_.hosts.expect_write(kSectorSize);
}

void SlabUpload::expire(TimePoint now) {
    for (auto& shard : shards_)
        for (auto& attempt : shard.attempts)
            if (attempt->started != TimePoint::max() && !attempt->expired &&
                now - attempt->started >= transfers_.options.write_timeout) {
                attempt->expired = true;
                children_.cancel(attempt->task);
            }
}

void SlabUpload::race_slow(TimePoint now) {
    const bool all_tried = std::ranges::all_of(shards_, &Shard::tried);
    if (!all_tried) return;
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        const auto& shard = shards_[i];
        if (shard.stored_at || shard.raced || shard.attempts.size() != 1) continue;
        const auto& running = *shard.attempts.front();
        if (running.started != TimePoint::max() && after(running.started, race_time()) <= now)
            start_attempt(i, true);
    }
}

TimePoint SlabUpload::next_event(TimePoint now) const {
    auto next = now + std::chrono::seconds(1);  // hosts may come and go
    for (const auto& shard : shards_)
        for (const auto& attempt : shard.attempts) {
            if (attempt->started == TimePoint::max()) continue;
            next = std::min(next, attempt->started + transfers_.options.write_timeout);
            const auto race = after(attempt->started, race_time());
            if (!shard.raced && race > now) next = std::min(next, race);
        }
    return next;
}

std::size_t SlabUpload::stored() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        shards_, [](const Shard& shard) { return shard.stored_at.has_value(); }));
}

Slab SlabUpload::result() const {
    Slab slab{1, key_, static_cast<std::uint8_t>(code_.data()), {}};
    for (const auto& shard : shards_)
        slab.sectors.push_back({shard.root, *shard.stored_at});
    return slab;
}

}  // namespace siahub::sia
