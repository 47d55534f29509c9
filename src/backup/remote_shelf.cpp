#include "backup/remote_shelf.hpp"

#include "sia/encoding.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace siahub::backup {
namespace {

constexpr std::string_view kMagic = "siahub snapshots 1\n";
// Changes are told late, and in whole seconds.
constexpr std::int64_t kOverlapSeconds = 300;

}  // namespace

Task<Result<Bytes>> read_remote(store::RemoteBodies& remote, Bytes sealed, xet::ByteSpan bytes) {
    const auto source = CO_TRY(co_await remote.read(std::move(sealed), bytes));
    Bytes all;
    for (;;) {
        const auto piece = CO_TRY(co_await source->next());
        if (piece.empty()) break;
        append(all, piece);
    }
    if (all.size() != bytes.size())
        co_return fail(Code::unavailable, "An object on Sia ended early.");
    co_return all;
}

RemoteShelf::RemoteShelf(store::RemoteBodies& remote, std::filesystem::path memory)
    : remote_(remote), memory_(std::move(memory)) {}

Task<Result<void>> RemoteShelf::refresh() {
    if (!std::exchange(loaded_, true))
        if (auto known = recall(memory_)) {
            seen_until_ = known->seen_until;
            items_ = std::move(known->items);
        }
    store::ListCursor cursor{.after = std::max<std::int64_t>(0, seen_until_ - kOverlapSeconds),
                             .id = {}};
    for (bool more = true; more;) {
        const auto page = CO_TRY(co_await remote_.list(cursor));
        for (const auto& listed : page.objects)
            take(listed);
        cursor = page.next;
        more = page.more;
    }
    seen_until_ = std::max(seen_until_, cursor.after);
    remember();
    co_return Result<void>{};
}

void RemoteShelf::take(const store::ListedObject& listed) {
    const auto note = parse_remote_note(listed.note);
    if (!note) return;
    forget(listed.object.id);
    items_.push_back({.note = *note, .object = listed.object, .size = listed.size});
}

std::vector<RemoteShelf::Item> RemoteShelf::parts(RemoteNote::Part part) const {
    std::vector<Item> found;
    std::ranges::copy_if(items_, std::back_inserter(found),
                         [part](const Item& item) { return item.note.part == part; });
    std::ranges::sort(found, [](const Item& a, const Item& b) {
        return std::tie(b.note.created_at, b.note.id) < std::tie(a.note.created_at, a.note.id);
    });
    return found;
}

std::vector<RemoteShelf::Item> RemoteShelf::lists() const {
    return parts(RemoteNote::Part::list);
}

std::vector<RemoteShelf::Item> RemoteShelf::packs() const {
    return parts(RemoteNote::Part::pack);
}

const RemoteShelf::Item* RemoteShelf::find_pack(const SnapshotId& id) const {
    const auto found = std::ranges::find_if(items_, [&](const Item& item) {
        return item.note.part == RemoteNote::Part::pack && item.note.id == id;
    });
    return found == items_.end() ? nullptr : &*found;
}

Task<Result<RemoteList>> RemoteShelf::read(Item item) {
    const auto bytes =
        CO_TRY(co_await read_remote(remote_, std::move(item.object.sealed), {0, item.size}));
    co_return parse_remote_list(bytes);
}

Task<Result<void>> RemoteShelf::remove(store::ObjectId id) {
    CO_TRY(co_await remote_.remove(id));
    forget(id);
    co_return Result<void>{};
}

void RemoteShelf::forget(const store::ObjectId& id) {
    std::erase_if(items_, [&](const Item& item) { return item.object.id == id; });
}

void RemoteShelf::remember() const {
    if (memory_.empty()) return;
    sia::Encoder out;
    out.fixed(as_bytes(kMagic));
    out.i64(seen_until_);
    out.count(items_.size());
    for (const auto& item : items_) {
        out.bytes(encode(item.note));
        out.fixed(ByteView(item.object.id));
        out.bytes(item.object.sealed);
        out.u64(item.size);
    }
    const auto digest = blake3(out.view());
    out.fixed(ByteView(digest));
    auto beside = memory_;
    beside += ".new";
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    const auto text = as_chars(out.view());
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    // Without it the next look is longer, that is all.
    std::error_code ignored;
    if (file) std::filesystem::rename(beside, memory_, ignored);
}

std::optional<RemoteShelf::Memory> RemoteShelf::recall(const std::filesystem::path& memory) {
    std::ostringstream text;
    text << std::ifstream(memory, std::ios::binary).rdbuf();
    const auto content = std::move(text).str();
    const auto bytes = as_bytes(content);
    constexpr std::size_t digest_size = sizeof(Blake3Digest);
    if (bytes.size() < digest_size) return std::nullopt;
    const auto body = bytes.first(bytes.size() - digest_size);
    const auto digest = blake3(body);
    if (!std::ranges::equal(ByteView(digest), bytes.last(digest_size))) return std::nullopt;
    sia::Decoder in(body, "The memory of snapshots");
    if (as_chars(in.raw(kMagic.size())) != kMagic) return std::nullopt;
    Memory known{.seen_until = in.i64(), .items = {}};
    known.items.resize(in.count(2 * sizeof(std::uint64_t)));
    for (auto& item : known.items) {
        const auto note = parse_remote_note(in.bytes());
        if (!note) return std::nullopt;
        item.note = *note;
        in.fixed(std::span<std::byte>(item.object.id));
        const auto sealed = in.bytes();
        item.object.sealed.assign(sealed.begin(), sealed.end());
        item.size = in.u64();
    }
    if (!in.finish()) return std::nullopt;
    return known;
}

}  // namespace siahub::backup
