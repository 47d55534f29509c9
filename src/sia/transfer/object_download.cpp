#include "sia/transfer/object_download.hpp"

#include <algorithm>

namespace siahub::sia {

namespace {

constexpr std::size_t kAheadAtFirst = 3;
// The reader waits for these, and they are small: worth extra calls. Later ones are under way
// before they are needed, and one that is late is raced.
constexpr std::size_t kUrgent = kAheadAtFirst;

Result<void> check_slice(const SlabSlice& slice) {
    const auto& slab = slice.slab;
    if (slab.version > 1)
        return fail(Code::not_implemented, "A slab has version " + std::to_string(slab.version) +
                                               ", which is newer than this program.");
    if (slab.min_shards == 0 || slab.sectors.size() < slab.min_shards || slab.sectors.size() > 256)
        return fail(Code::invalid_argument, "A slab has an impossible number of shards.");
    if (std::uint64_t{slice.offset} + slice.length > slab.min_shards * kSectorSize)
        return fail(Code::invalid_argument, "An object reaches past the end of a slab.");
    return {};
}

}  // namespace

ObjectDownload::ObjectDownload(Transfers& transfers, const Object& object, std::uint64_t offset,
                               std::uint64_t length)
    : transfers_(transfers),
      object_(object),
      offset_(offset),
      length_(length),
      ahead_(std::clamp<std::size_t>(transfers.options.chunks_ahead, 1, kAheadAtFirst)),
      children_(transfers.executor) {}

Task<Result<void>> ObjectDownload::run(ByteSink& sink) {
    if (offset_ > object_.size() || length_ > object_.size() - offset_)
        co_return fail(Code::range_not_satisfiable, "The object is shorter than that.");
    CO_TRY(check_slabs());
    cut();
    auto done = co_await children_.around(drive(sink));
    co_return done;
}

Result<void> ObjectDownload::check_slabs() const {
    for (const auto& slice : object_.slabs)
        TRY(check_slice(slice));
    return {};
}

void ObjectDownload::cut() {
    auto size = transfers_.options.first_chunk;
    std::uint64_t start = 0;
    for (const auto& slice : object_.slabs) {
        cut_slice(slice, start, size);
        start += slice.length;
    }
}

// The part of a slice that is wanted; it starts at `start` of the object.
void ObjectDownload::cut_slice(const SlabSlice& slice, std::uint64_t start, std::size_t& size) {
    const auto from = std::max(offset_, start);
    const auto end = std::min(offset_ + length_, start + slice.length);
    for (auto at = from; at < end;) {
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(size, end - at));
        auto part = std::make_unique<Part>();
        part->chunk = {&slice.slab, static_cast<std::size_t>(slice.offset + (at - start)), at,
                       length};
        parts_.push_back(std::move(part));
        at += length;
        size = std::min(size * 2, transfers_.options.largest_chunk);
    }
}

Task<Result<void>> ObjectDownload::drive(ByteSink& sink) {
    for (; reader_ < parts_.size(); ++reader_) {
        auto& part = *parts_[reader_];
        // What lies ready takes memory from readers that are waiting: a slow client gets less of
        // it.
        ahead_ = part.outcome
                     ? std::max<std::size_t>(ahead_ - 1, 1)
                     : std::clamp<std::size_t>(transfers_.options.chunks_ahead, 1, ahead_ + 2);
        start_ahead();
        while (!part.outcome)
            co_await children_.sleep_until(TimePoint::max());
        if (!*part.outcome) co_return Failure(part.outcome->error());
        CO_TRY(co_await sink.write({std::move(part.memory), std::move(**part.outcome)}));
        co_await throw_if_cancelled();
        delivered_ += part.chunk.length;
    }
    co_return Result<void>{};
}

void ObjectDownload::start_ahead() {
    const auto ahead = std::min(parts_.size(), reader_ + ahead_);
    for (; started_ < ahead; ++started_)
        children_.start(fetch(started_));
}

Task<void> ObjectDownload::fetch(std::size_t index) {
    auto& part = *parts_[index];
    // The shards, what is rebuilt of them, and the bytes themselves.
    part.memory = co_await transfers_.download_memory.acquire(3 * part.chunk.length);
    part.fetch.emplace(transfers_, object_.data_key, part.chunk, index < kUrgent, cost_);
    part.outcome = co_await part.fetch->run();
    part.memory.shrink(part.chunk.length);
    part.fetch.reset();
}

}  // namespace siahub::sia
