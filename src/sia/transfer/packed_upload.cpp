#include "sia/transfer/packed_upload.hpp"

#include "core/random.hpp"
#include "sia/cipher.hpp"
#include "sia/erasure.hpp"

#include <algorithm>

namespace siahub::sia {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

std::vector<std::uint64_t> sizes_of(const std::vector<UploadBody>& bodies) {
    std::vector<std::uint64_t> sizes;
    sizes.reserve(bodies.size());
    for (const auto& body : bodies)
        sizes.push_back(body.size);
    return sizes;
}

// Recycled memory is dirty: what lies behind the last byte of the slab becomes zero.
void clear_rest(std::span<const std::span<std::byte>> data, std::size_t used) {
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto rows = used / (64 * data.size()), rest = used % (64 * data.size());
        const auto within = std::min<std::size_t>(64, rest > 64 * i ? rest - 64 * i : 0);
        std::ranges::fill(data[i].subspan(rows * 64 + within), std::byte{0});
    }
}

}  // namespace

PackedUpload::PackedUpload(Transfers& transfers, std::vector<UploadBody> bodies,
                           SlabListener& listener)
    : transfers_(transfers),
      bodies_(std::move(bodies)),
      listener_(listener),
      code_(transfers.options.redundancy.data, transfers.options.redundancy.total),
      packing_(pack(sizes_of(bodies_), transfers.options.redundancy.slab_bytes())),
      slabs_(packing_.slabs),
      children_(transfers.executor) {}

Task<Result<std::vector<std::vector<SlabSlice>>>> PackedUpload::run() {
    CO_TRY(check_redundancy(transfers_.options.redundancy));
    auto done = co_await children_.around(drive());
    CO_TRY(std::move(done));
    std::vector<std::vector<SlabSlice>> bodies;
    for (const auto& packed : packing_.bodies) {
        auto& slices = bodies.emplace_back();
        for (const auto& slice : packed)
            slices.push_back({*slabs_[slice.slab], slice.offset, slice.length});
    }
    co_return bodies;
}

Task<Result<void>> PackedUpload::drive() {
    for (std::size_t i = 0; i < packing_.slabs && !error_; ++i) {
        auto sectors = co_await take_sectors();
        if (error_) break;
        SecretKey key;
        fill_random(key.bytes);
        CO_TRY(co_await fill(i, key, sectors));
        children_.start(send(i, key, std::move(sectors)));
    }
    while (!error_ && children_.running() > 0)
        co_await children_.sleep_until(TimePoint::max());
    if (error_) co_return Failure(*error_);
    co_return Result<void>{};
}

Task<SlabUpload::Sectors> PackedUpload::take_sectors() {
    const auto turn = co_await transfers_.filling.lock();
    SlabUpload::Sectors sectors;
    while (sectors.size() < code_.total())
        sectors.push_back(co_await transfers_.sectors.acquire());
    co_return sectors;
}

Task<Result<void>> PackedUpload::fill(std::size_t slab, const SecretKey& key,
                                      SlabUpload::Sectors& sectors) {
    std::vector<std::span<std::byte>> data;
    data.reserve(code_.data());
    for (std::size_t i = 0; i < code_.data(); ++i)
        data.push_back(sectors[i].bytes());
    const auto slab_bytes = transfers_.options.redundancy.slab_bytes();
    const auto used = std::min<std::uint64_t>(slab_bytes, packing_.used - slab * slab_bytes);
    piece_.resize(kPiece);
    for (std::size_t at = 0; at < used;) {
        while (body_done_ == bodies_[body_].size) {
            ++body_;
            body_done_ = 0;
        }
        const auto size =
            std::min<std::uint64_t>({kPiece, used - at, bodies_[body_].size - body_done_});
        const auto piece = std::span(piece_).first(size);
        CO_TRY(co_await read_piece(piece));
        co_await transfers_.work.run([&] {
            apply_object_cipher(bodies_[body_].data_key, {1, key, at, body_done_}, piece);
            scatter(piece, at, data);
            return true;
        });
        co_await throw_if_cancelled();
        at += size;
        body_done_ += size;
    }
    if (used < slab_bytes)
        co_await transfers_.work.run([&] {
            clear_rest(data, used);
            return true;
        });
    co_return Result<void>{};
}

Task<Result<void>> PackedUpload::read_piece(std::span<std::byte> piece) {
    while (!piece.empty()) {
        const auto count = CO_TRY(co_await bodies_[body_].source->read(piece));
        if (count == 0)
            co_return fail(Code::invalid_argument, "A body ended before its size was reached.");
        piece = piece.subspan(count);
    }
    co_return Result<void>{};
}

Task<void> PackedUpload::send(std::size_t slab, SecretKey key, SlabUpload::Sectors sectors) {
    SlabUpload upload(transfers_, code_, key, std::move(sectors));
    auto stored = co_await upload.run();
    if (!stored) co_return fail_with(stored.error());
    if (const auto heard = co_await listener_.stored(*stored); !heard)
        co_return fail_with(heard.error());
    slabs_[slab] = std::move(*stored);
}

void PackedUpload::fail_with(Error error) {
    if (!error_) error_ = std::move(error);
    children_.wake();
}

}  // namespace siahub::sia
