#include "backup/remote_writer.hpp"

#include "backup/body_list.hpp"
#include "backup/remote_packer.hpp"
#include "backup/row_dump.hpp"
#include "backup/secret_files.hpp"
#include "core/encoding.hpp"
#include "core/file_io.hpp"
#include "core/random.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace siahub::backup {
namespace {

namespace fs = std::filesystem;

// Where bodies lie, who is there, what was counted: of no use to whoever begins with nothing, and
// always changing.
constexpr std::array<std::string_view, 4> kLeftOut = {"xorb_bodies", "nodes", "leases", "figures"};
// A pack whose list does not come is that of a process that died.
constexpr UnixMillis kListComesWithin = 60LL * 60 * 1000;
constexpr std::uint64_t kSample = 64UL * 1024;
// Each takes a slab, however small it is.
constexpr std::uint64_t kSmallPacks = 8;

// On the disk until the end of its block.
class Spool {
  public:
    explicit Spool(const fs::path& tmp) : path_(tmp / ("snapshot-" + random_id())) {}
    ~Spool() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }
    [[nodiscard]] Result<void> make() const {
        std::error_code error;
        fs::create_directories(path_, error);
        if (!error) fs::permissions(path_, fs::perms::owner_all, error);
        if (error) return Failure(io_error(error.value(), "make a directory for a snapshot"));
        return {};
    }

  private:
    fs::path path_;
};

class FileSource final : public sia::ByteSource {
  public:
    FileSource(WorkPool& disk, const store::TempFile& file) : disk_(disk), file_(file) {}
    Task<Result<std::size_t>> read(std::span<std::byte> into) override {
        const auto piece = into.first(std::min<std::uint64_t>(into.size(), file_.size() - at_));
        if (piece.empty()) co_return std::size_t{0};
        CO_TRY(co_await disk_.run([&] { return read_exactly(file_.fd(), at_, piece); }));
        at_ += piece.size();
        co_return piece.size();
    }

  private:
    WorkPool& disk_;
    const store::TempFile& file_;
    std::uint64_t at_ = 0;
};

std::uint64_t plain_bytes(const RemoteList& list) {
    std::uint64_t bytes = 0;
    for (const auto& file : list.files)
        for (const auto& segment : file.segments)
            bytes += segment.unpacked;
    return bytes;
}

}  // namespace

struct RemoteWriter::Draft {
    explicit Draft(const fs::path& tmp) : spool(tmp) { fill_random(id); }

    SnapshotId id{};
    Spool spool;
    RemoteList list;
    std::optional<RemotePacker> packer;
};

Task<Result<RemoteReport>> RemoteWriter::run(RemoteShelf& shelf) {
    CO_TRY(co_await shelf.refresh());
    const auto before = co_await base(shelf);
    Draft draft(sources_.hub.data / "tmp");
    CO_TRY(co_await sources_.pools.disk.run([&] { return dump(draft); }));
    CO_TRY(co_await sources_.pools.disk.run(
        [&] { return pack(draft, shelf, before ? *before : RemoteList()); }));
    RemoteReport report{.created_at = draft.list.manifest.created_at,
                        .rows = draft.list.manifest.row_count(),
                        .bytes = plain_bytes(draft.list)};
    report.is_new =
        !before || before->files != draft.list.files || before->packs != draft.list.packs;
    if (report.is_new) {
        CO_TRY(co_await store(draft, shelf));
        report.stored_bytes = draft.packer->pack().size();
    }
    report.removed = CO_TRY(co_await prune(shelf));
    shelf.remember();
    co_return report;
}

// The newest that can be read; nothing when storing everything anew takes less in the long run.
Task<std::optional<RemoteList>> RemoteWriter::base(RemoteShelf& shelf) {
    for (const auto& item : shelf.lists()) {
        auto list = co_await shelf.read(item);
        if (!list) {
            sources_.log.warn("snapshot.unreadable", {{"cause", list.error().message}});
            if (list.error().code == Code::not_found) shelf.forget(item.object.id);
            continue;
        }
        packs_of_[item.note.id] = list->packs;
        const auto slab = sources_.remote.slab_bytes();
        std::uint64_t held = 0;
        for (const auto& id : list->packs)
            if (const auto* const pack = shelf.find_pack(id))
                held += std::max<std::uint64_t>(pack->size, slab);
        if (held > 2 * list->stored_bytes() + kSmallPacks * slab) co_return std::nullopt;
        co_return *std::move(list);
    }
    co_return std::nullopt;
}

Result<void> RemoteWriter::dump(Draft& draft) const {
    TRY(draft.spool.make());
    const auto claim = TRY(db::claim(sources_.hub.database, db::Use::reads));
    const auto snapshot = TRY(db::open_snapshot(sources_.hub.database));
    auto& manifest = draft.list.manifest;
    manifest.id = to_hex(draft.id);
    manifest.hub_version = sources_.hub_version;
    manifest.database = sources_.hub.database.is_postgres() ? "postgres" : "sqlite";
    manifest.schema_version = snapshot->schema_version();
    manifest.created_at = sources_.clock.now();
    const auto& folder = draft.spool.path();
    Progress quiet(nullptr);
    for (const auto& table : TRY(db::schema_at(manifest.schema_version)))
        manifest.tables.push_back(std::ranges::count(kLeftOut, table.name) > 0
                                      ? TRY(dump_nothing(table, folder))
                                      : TRY(dump_table(*snapshot, table, folder, quiet)));
    manifest.absent = TRY(dump_nothing(absent_shape(), folder));
    FileEntry keys{.name = std::string(kKeys), .content = {}};
    keys.content = TRY(copy_secret(sources_.hub.keys, folder / keys.name));
    manifest.secrets.push_back(std::move(keys));
    return {};
}

Result<void> RemoteWriter::pack(Draft& draft, const RemoteShelf& shelf,
                                const RemoteList& base) const {
    draft.packer.emplace(draft.id, TRY(store::TempFile::create(draft.spool.path())), base,
                         [&](const SnapshotId& id) { return shelf.find_pack(id) != nullptr; });
    const auto& folder = draft.spool.path();
    const auto& manifest = draft.list.manifest;
    const auto add = [&](const std::string& name) -> Result<void> {
        draft.list.files.push_back(TRY(draft.packer->add(folder, name)));
        return {};
    };
    for (const auto& table : manifest.tables)
        TRY(add(table.file.name));
    TRY(add(manifest.absent.file.name));
    for (const auto& secret : manifest.secrets)
        TRY(add(secret.name));
    draft.list.packs = draft.packer->packs();
    return {};
}

Task<Result<void>> RemoteWriter::store(Draft& draft, RemoteShelf& shelf) {
    const auto& pack = draft.packer->pack();
    const auto list = encode(draft.list);
    FileSource pack_source(sources_.pools.disk, pack);
    sia::MemorySource list_source(list);
    RemoteNote note{.part = RemoteNote::Part::list,
                    .id = draft.id,
                    .created_at = draft.list.manifest.created_at};
    std::vector<RemoteShelf::Item> items{{.note = note, .object = {}, .size = list.size()}};
    std::vector<store::RemoteBody> bodies{
        {.size = list.size(), .source = &list_source, .note = encode(note)}};
    if (pack.size() > 0) {
        note.part = RemoteNote::Part::pack;
        items.insert(items.begin(), {.note = note, .object = {}, .size = pack.size()});
        bodies.insert(bodies.begin(),
                      {.size = pack.size(), .source = &pack_source, .note = encode(note)});
    }
    const auto objects = CO_TRY(co_await sources_.remote.pin(std::move(bodies)));
    if (objects.size() != items.size())
        co_return fail(Code::internal, "The client of Sia lost count of the objects.");
    if (const auto whole = co_await verify(draft, list, objects); !whole) {
        // The list first.
        for (auto at = objects.rbegin(); at != objects.rend(); ++at)
            CO_TRY(co_await sources_.remote.remove(at->id));
        co_return whole;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        items[i].object = objects[i];
        shelf.add(std::move(items[i]));
    }
    packs_of_[draft.id] = draft.list.packs;
    co_return Result<void>{};
}

Task<Result<void>> RemoteWriter::verify(Draft& draft, const Bytes& list,
                                        const std::vector<store::RemoteObject>& objects) {
    const auto wrong =
        fail(Code::internal, "What Sia gives back of a snapshot is not what was stored.");
    const auto far =
        CO_TRY(co_await read_remote(sources_.remote, objects.back().sealed, {0, list.size()}));
    if (far != list) co_return wrong;
    const auto& pack = draft.packer->pack();
    if (objects.size() == 1) co_return Result<void>{};
    Bytes near(std::min(pack.size(), kSample));
    const auto start = pack.size() - near.size();
    CO_TRY(co_await sources_.pools.disk.run([&] { return read_exactly(pack.fd(), start, near); }));
    const auto sample =
        CO_TRY(co_await read_remote(sources_.remote, objects.front().sealed, {start, pack.size()}));
    if (sample != near) co_return wrong;
    co_return Result<void>{};
}

Task<Result<std::uint64_t>> RemoteWriter::prune(RemoteShelf& shelf) {
    std::uint64_t removed = 0;
    std::set<SnapshotId> needed;
    std::set<SnapshotId> freed;
    std::size_t kept = 0;
    for (const auto& item : shelf.lists()) {
        if (kept == keep_) {
            CO_TRY(co_await shelf.remove(item.object.id));
            const auto packs = packs_of_.extract(item.note.id);
            if (packs) freed.insert(packs.mapped().begin(), packs.mapped().end());
            ++removed;
            continue;
        }
        ++kept;
        if (!packs_of_.contains(item.note.id)) {
            const auto list = co_await shelf.read(item);
            // What cannot be read now may need any pack.
            if (!list) co_return removed;
            packs_of_[item.note.id] = list->packs;
        }
        const auto& packs = packs_of_[item.note.id];
        needed.insert(packs.begin(), packs.end());
    }
    const auto before = sources_.clock.now() - kListComesWithin;
    for (const auto& item : shelf.packs()) {
        if (needed.contains(item.note.id)) continue;
        if (!freed.contains(item.note.id) && item.note.created_at > before) continue;
        CO_TRY(co_await shelf.remove(item.object.id));
        ++removed;
    }
    co_return removed;
}

}  // namespace siahub::backup
