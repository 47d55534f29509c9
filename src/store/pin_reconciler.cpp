#include "store/pin_reconciler.hpp"

#include "core/encoding.hpp"
#include "core/file_io.hpp"
#include "core/random.hpp"
#include "store/pin_note.hpp"

namespace siahub::store {
namespace {

// Clocks of indexd and of this host may differ by this much.
constexpr UnixMillis kClockSkew = 5LL * 60 * 1000;
constexpr std::uint64_t kSample = 64UL * 1024;

std::uint64_t random_below(std::uint64_t limit) {
    std::array<std::byte, 8> bytes{};
    fill_random(bytes);
    return limit == 0 ? 0 : load_le<std::uint64_t>(bytes.data()) % limit;
}

Task<Result<Bytes>> read_all(RemoteBodies& remote, const RemoteObject& object,
                             xet::ByteSpan bytes) {
    const auto source = CO_TRY(co_await remote.read(object.sealed, bytes));
    Bytes all;
    for (;;) {
        const auto piece = CO_TRY(co_await source->next());
        if (piece.empty()) co_return all;
        append(all, piece);
    }
}

}  // namespace

Task<Result<void>> verify_sample(PinSources sources, xet::Hash xorb, std::uint64_t size,
                                 const RemoteObject& object) {
    const auto length = std::min(size, kSample);
    const auto start = random_below(size - length + 1);
    const auto far = CO_TRY(co_await read_all(sources.remote, object, {start, start + length}));
    const auto file = CO_TRY(co_await sources.bodies.open(xorb, {start, start + length}));
    Bytes near(length);
    CO_TRY(co_await sources.pools.disk.run([&] { return read_exactly(file->fd(), start, near); }));
    if (far != near)
        co_return fail(Code::internal, "What Sia gives back is not what was stored there.");
    co_return Result<void>{};
}

Task<Result<Reconciled>> PinReconciler::run() {
    Reconciled done;
    if (const auto since = CO_TRY(co_await sources_.pins.unfinished_since())) {
        ListCursor cursor{.after = (*since - kClockSkew) / 1000, .id = {}};
        for (bool more = true; more;) {
            const auto page = CO_TRY(co_await sources_.remote.list(cursor));
            for (const auto& listed : page.objects)
                CO_TRY(co_await look_at(listed, done));
            cursor = page.next;
            more = page.more;
        }
    }
    CO_TRY(co_await sources_.pins.resume());
    co_return done;
}

Task<Result<void>> PinReconciler::look_at(const ListedObject& listed, Reconciled& done) {
    const auto note = parse_pin_note(listed.note);
    if (!note || note->node != sources_.pins.node()) co_return Result<void>{};
    const auto row = CO_TRY(co_await sources_.pins.find(note->xorb));
    if (!row) co_return Result<void>{};
    if (row->object) {
        if (row->object->id != listed.object.id) CO_TRY(co_await remove(listed, done));
        co_return Result<void>{};
    }
    if (row->node != sources_.pins.node()) co_return Result<void>{};
    const auto index = co_await sources_.catalog.find(note->xorb);
    if (!index && index.error().code != Code::not_found) co_return Failure(index.error());
    const bool fits =
        index && pin_note(**index, note->node) == *note && (*index)->records_size() == listed.size;
    // What does not read back is stored again.
    if (!fits || !co_await verify_sample(sources_, note->xorb, listed.size, listed.object)) {
        CO_TRY(co_await remove(listed, done));
        co_return Result<void>{};
    }
    if (CO_TRY(co_await sources_.pins.pinned(note->xorb, listed.object))) {
        ++done.adopted;
        sources_.log.info("pin.adopted", {{"xorb", note->xorb.hex()}});
    }
    co_return Result<void>{};
}

Task<Result<void>> PinReconciler::remove(const ListedObject& listed, Reconciled& done) {
    CO_TRY(co_await sources_.remote.remove(listed.object.id));
    ++done.removed;
    sources_.log.info("pin.object_removed", {{"object", to_hex(listed.object.id)}});
    co_return Result<void>{};
}

}  // namespace siahub::store
