// Snapshots of the catalogue in a Sia in memory, and hubs made of nothing else.

#include "backup/backup_test_support.hpp"
#include "backup/body_list.hpp"
#include "backup/remote_pins.hpp"
#include "backup/remote_reader.hpp"
#include "backup/remote_writer.hpp"
#include "core/encoding.hpp"
#include "store/disk_cache.hpp"
#include "store/fake_remote.hpp"
#include "store/pin_note.hpp"
#include "store/pin_worker.hpp"
#include "store/remote_origin.hpp"

#include <boost/asio/io_context.hpp>

namespace siahub::backup {
namespace {

constexpr std::size_t kKeep = 3;

class RemoteSnapshotTest : public BackupTest {
  protected:
    RemoteSnapshotTest() {
        wanted_on_sia_ = true;
        reopen();
        make_repo(1, 1, false);
    }

    RemoteSources sources() {
        return {.hub = hub(),
                .hub_version = std::string(kVersion),
                .remote = remote_,
                .pools = {compute_, disk_},
                .clock = clock_,
                .log = log_};
    }
    Result<RemoteReport> take() {
        clock_.advance(1000);
        return run_task(writer_.run(shelf_));
    }
    RemoteReport must_take() { return must(take()); }
    void pin_everything() {
        store::PinWorker worker(context_.get_executor(),
                                {.database = *database_,
                                 .pins = store_->pins,
                                 .bodies = store_->bodies,
                                 .catalog = store_->catalog,
                                 .remote = remote_,
                                 .pools = {compute_, disk_},
                                 .clock = clock_,
                                 .log = log_},
                                {});
        clock_.advance(24LL * 60 * 60 * 1000);
        while (run_task(worker.turn())) {
        }
    }
    // What somebody has who has nothing but the storage.
    struct Restored {
        PinsMended mended;
        std::vector<MissingFile> missing;
        Manifest manifest;
    };
    Result<Restored> restore_newest(const HubPlace& target) {
        RemoteShelf shelf(remote_, {});
        if (auto seen = run_task(shelf.refresh()); !seen) return Failure(seen.error());
        Error why{.code = Code::not_found, .message = "no snapshot"};
        int tried = 0;
        for (const auto& item : shelf.lists()) {
            const auto from = work_.path() / ("fetched-" + std::to_string(tried++));
            RemoteReader reader(remote_, {compute_, disk_}, quiet_);
            auto fetched = run_task(reader.fetch(shelf, item, from));
            if (!fetched) {
                why = fetched.error();
                continue;
            }
            auto done = restore(from, target, {}, clock_, quiet_);
            if (!done) return Failure(done.error());
            const auto database = open(target);
            auto mended = run_task(mend_pins(*database, remote_, clock_));
            if (!mended) return Failure(mended.error());
            return Restored{*mended, must(run_task(missing_files(*database))), done->manifest};
        }
        return Failure(why);
    }
    std::unique_ptr<db::Database> open(const HubPlace& place) {
        return must(place.database.is_postgres()
                        ? db::open_postgres(place.database.url, clock_, log_)
                        : db::open_sqlite(place.database.file, clock_));
    }
    Result<Bytes> read_from_sia(const HubPlace& place, const xet::Hash& file) {
        const auto database = open(place);
        auto opened = run_task(
            store::Store::open(*database, {compute_, disk_}, clock_, log_, {.data = place.data}));
        if (!opened) return Failure(opened.error());
        store::RemoteOrigin origin((*opened)->pins, remote_);
        const auto cache =
            must(store::DiskCache::open({.dir = place.data / "cache", .capacity = 1UL << 30},
                                        (*opened)->catalog, origin, {compute_, disk_}, log_));
        (*opened)->readable.put_behind(*cache);
        return run_task(store::read_file(**opened, 1, file));
    }
    // Rows that no compression makes small.
    void add_usage(int rows) {
        const auto transaction = must(run_task(database_->begin()));
        for (int i = 0; i < rows; ++i)
            must(run_task(transaction->query(
                "INSERT INTO usage_log (id, at, event, bytes) VALUES ($1, $2, $3, 0)",
                {std::int64_t{i}, clock_.now(), std::string_view(to_hex(noise(300)))})));
        ASSERT_TRUE(run_task(transaction->commit()).has_value());
    }
    [[nodiscard]] std::size_t parts(RemoteNote::Part part) const {
        std::size_t count = 0;
        for (const auto& [id, object] : remote_.objects) {
            const auto note = parse_remote_note(object.note);
            count += note && note->part == part ? 1 : 0;
        }
        return count;
    }

    asio::io_context context_;
    store::FakeRemote remote_;
    RemoteShelf shelf_{remote_, dir_.path() / "snapshots"};
    RemoteWriter writer_{sources(), kKeep};
};

TEST_F(RemoteSnapshotTest, AHubComesBackFromTheStorageAlone) {
    const auto file = add_file();
    pin_everything();
    const auto taken = must_take();
    EXPECT_TRUE(taken.is_new);
    EXPECT_GT(taken.rows, 0U);
    const auto target = other_target();
    const auto restored = must(restore_newest(target));
    EXPECT_EQ(restored.mended.pinned, file.xorbs.size());
    EXPECT_EQ(restored.mended.adopted, 0U);
    EXPECT_EQ(restored.mended.lost + restored.mended.never, 0U);
    EXPECT_TRUE(restored.missing.empty());
    EXPECT_EQ(must(read_from_sia(target, file.hash())), file.plain);
    EXPECT_EQ(digest_file(target.keys)->digest, digest_file(hub().keys)->digest);
}

TEST_F(RemoteSnapshotTest, WhatWasNotOnSiaIsNamed) {
    const auto pinned = add_file();
    pin_everything();
    const auto waiting = add_file();
    must_take();
    const auto target = sqlite_target();
    const auto restored = must(restore_newest(target));
    ASSERT_EQ(restored.missing.size(), 1U);
    EXPECT_EQ(restored.missing[0].file, waiting.hash());
    EXPECT_EQ(restored.missing[0].repo_name, "model n/1");
    EXPECT_EQ(restored.missing[0].size, waiting.plain.size());
    EXPECT_EQ(restored.mended.never, waiting.xorbs.size());
    EXPECT_EQ(must(read_from_sia(target, pinned.hash())), pinned.plain);
    EXPECT_FALSE(read_from_sia(target, waiting.hash()).has_value());
}

TEST_F(RemoteSnapshotTest, WhatWasPinnedLaterIsFound) {
    const auto file = add_file();
    must_take();
    pin_everything();
    const auto restored = must(restore_newest(sqlite_target()));
    EXPECT_EQ(restored.mended.adopted, file.xorbs.size());
    EXPECT_TRUE(restored.missing.empty());
    EXPECT_EQ(must(read_from_sia(sqlite_target(), file.hash())), file.plain);
}

TEST_F(RemoteSnapshotTest, WhatSiaHasLostIsNamedUnlessThereIsACopy) {
    const auto lost = add_file();
    const auto twice = add_file();
    pin_everything();
    must_take();
    const auto twin = twice.xorbs.at(0).index.xorb;
    std::optional<std::pair<store::ObjectId, store::FakeRemote::Object>> copy;
    for (const auto& [id, object] : std::map(remote_.objects)) {
        const auto note = store::parse_pin_note(object.note);
        if (!note) continue;
        if (note->xorb == lost.xorbs.at(0).index.xorb) remote_.objects.erase(id);
        if (note->xorb != twin) continue;
        copy.emplace(id, object);
        remote_.objects.erase(id);
    }
    copy->first[5] ^= std::byte{1};
    remote_.objects.insert(*copy);
    const auto restored = must(restore_newest(sqlite_target()));
    EXPECT_EQ(restored.mended.lost, 1U);
    ASSERT_EQ(restored.missing.size(), 1U);
    EXPECT_EQ(restored.missing[0].file, lost.hash());
    EXPECT_EQ(must(read_from_sia(sqlite_target(), twice.hash())), twice.plain);
}

TEST_F(RemoteSnapshotTest, StoresOnlyWhatIsNew) {
    add_usage(5000);
    const auto first = must_take();
    EXPECT_FALSE(must_take().is_new) << "nothing has changed";
    EXPECT_EQ(parts(RemoteNote::Part::list), 1U);
    add_file();
    const auto second = must_take();
    EXPECT_TRUE(second.is_new);
    EXPECT_LT(second.stored_bytes, first.stored_bytes / 4);
    EXPECT_GT(second.rows, first.rows);
    const auto restored = must(restore_newest(sqlite_target()));
    EXPECT_EQ(restored.manifest.row_count(), second.rows);
}

TEST_F(RemoteSnapshotTest, KeepsTheNewestFewAndWhatTheyNeed) {
    std::vector<store::ClientFile> files;
    for (std::size_t i = 0; i < 20; ++i) {
        files.push_back(add_file());
        must_take();
        EXPECT_LE(parts(RemoteNote::Part::list), kKeep);
    }
    pin_everything();
    EXPECT_EQ(parts(RemoteNote::Part::list), kKeep);
    EXPECT_LE(parts(RemoteNote::Part::pack), 9 + kKeep);
    must(restore_newest(sqlite_target()));
    for (const auto& file : files)
        EXPECT_EQ(must(read_from_sia(sqlite_target(), file.hash())), file.plain);
}

TEST_F(RemoteSnapshotTest, BeginsAnewWhenMostOfWhatItHoldsIsOld) {
    remote_.slab = 1;  // what a snapshot may hold in vain
    for (int round = 0; round < 12; ++round) {
        ASSERT_TRUE(run_task(database_->execute("DELETE FROM usage_log")).has_value());
        add_usage(300);
        must_take();
    }
    std::uint64_t held = 0;
    for (const auto& [id, object] : remote_.objects)
        if (const auto note = parse_remote_note(object.note);
            note && note->part == RemoteNote::Part::pack)
            held += object.bytes.size();
    const auto live = must(run_task(shelf_.read(shelf_.lists().at(0)))).stored_bytes();
    EXPECT_LE(held, (2 * kKeep + 1) * live);
}

TEST_F(RemoteSnapshotTest, AHalfWrittenOneIsPassedOver) {
    const auto file = add_file();
    pin_everything();
    must_take();
    add_file();
    // Dies between pack and list.
    const auto before = remote_.objects;
    must_take();
    for (const auto& [id, object] : std::map(remote_.objects)) {
        const auto note = parse_remote_note(object.note);
        if (note && note->part == RemoteNote::Part::list && !before.contains(id))
            remote_.objects.erase(id);
    }
    EXPECT_EQ(parts(RemoteNote::Part::pack), 2U);
    must(restore_newest(sqlite_target()));
    EXPECT_EQ(must(read_from_sia(sqlite_target(), file.hash())), file.plain);
    // The next one works, and what nobody needs goes when its list should have come.
    RemoteShelf shelf(remote_, {});
    clock_.advance(2LL * 60 * 60 * 1000);
    RemoteWriter writer(sources(), kKeep);
    EXPECT_TRUE(must(run_task(writer.run(shelf))).is_new);
    EXPECT_EQ(parts(RemoteNote::Part::pack), 2U);
    EXPECT_EQ(parts(RemoteNote::Part::list), 2U);
}

TEST_F(RemoteSnapshotTest, ADamagedOneGivesWayToTheOneBefore) {
    const auto file = add_file();
    pin_everything();
    must_take();
    add_file();
    must_take();
    RemoteShelf shelf(remote_, {});
    ASSERT_TRUE(run_task(shelf.refresh()).has_value());
    auto& newest = remote_.objects.at(shelf.lists().at(0).object.id);
    newest.bytes[newest.bytes.size() / 2] ^= std::byte{1};
    const auto restored = must(restore_newest(sqlite_target()));
    EXPECT_EQ(must(read_from_sia(sqlite_target(), file.hash())), file.plain);
    // A pack that was changed is noticed chunk by chunk.
    auto& pack = remote_.objects.at(shelf.packs().back().object.id);
    pack.bytes[pack.bytes.size() / 2] ^= std::byte{1};
    std::filesystem::remove_all(sqlite_target().data);
    EXPECT_FALSE(restore_newest(sqlite_target()).has_value());
    EXPECT_FALSE(std::filesystem::exists(sqlite_target().data));
}

TEST_F(RemoteSnapshotTest, WhatDoesNotReadBackIsNoSnapshot) {
    add_file();
    must_take();
    add_file();
    remote_.corrupt = true;
    const auto failed = take();
    ASSERT_FALSE(failed.has_value());
    remote_.corrupt = false;
    EXPECT_EQ(parts(RemoteNote::Part::list), 1U);
    EXPECT_EQ(parts(RemoteNote::Part::pack), 1U);
    EXPECT_TRUE(must_take().is_new);
}

TEST_F(RemoteSnapshotTest, FailuresLeaveTheOneBefore) {
    const auto file = add_file();
    pin_everything();
    must_take();
    add_file();
    remote_.failures = 1;
    EXPECT_EQ(take().error().code, Code::unavailable);
    must(restore_newest(sqlite_target()));
    EXPECT_EQ(must(read_from_sia(sqlite_target(), file.hash())), file.plain);
    // One whose end nobody heard of counts all the same.
    remote_.lost_answers = 1;
    EXPECT_FALSE(take().has_value());
    EXPECT_EQ(parts(RemoteNote::Part::list), 2U);
    EXPECT_FALSE(must_take().is_new);
}

TEST_F(RemoteSnapshotTest, AnotherProcessGoesOnFromTheMemory) {
    add_file();
    must_take();
    RemoteShelf other(remote_, dir_.path() / "snapshots");
    RemoteWriter writer(sources(), kKeep);
    EXPECT_FALSE(must(run_task(writer.run(other))).is_new);
    // A memory that is damaged is none.
    flip_byte(dir_.path() / "snapshots", 40);
    RemoteShelf third(remote_, dir_.path() / "snapshots");
    ASSERT_TRUE(run_task(third.refresh()).has_value());
    EXPECT_EQ(third.lists().size(), 1U);
}

TEST(RemoteFormat, NotesAndListsComeBack) {
    const RemoteNote note{.part = RemoteNote::Part::list, .id = {std::byte{7}}, .created_at = 5};
    EXPECT_EQ(parse_remote_note(encode(note)), note);
    auto longer = encode(note);
    longer.push_back(std::byte{0});
    EXPECT_FALSE(parse_remote_note(longer).has_value());
    EXPECT_FALSE(parse_remote_note(as_bytes("siahub xorb 1\n")).has_value());

    RemoteList list;
    list.manifest.id = std::string(32, 'a');
    list.manifest.absent.shape = absent_shape();
    list.manifest.absent.file.name = "absent.rows";
    list.packs = {SnapshotId{std::byte{1}}};
    list.files = {
        {.name = "absent.rows",
         .segments = {{.hash = {}, .pack = 0, .offset = 9, .stored = 10, .unpacked = 20}}}};
    const auto bytes = encode(list);
    EXPECT_EQ(must(parse_remote_list(bytes)), list);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto wrong = bytes;
        wrong[i] ^= std::byte{1};
        EXPECT_EQ(parse_remote_list(wrong).error().code, Code::unprocessable);
    }
    list.files[0].segments[0].pack = 1;
    EXPECT_TRUE(mentions(message_of(parse_remote_list(encode(list))), "no pack"));
    list.files[0].segments.clear();
    list.files[0].name = "../etc";
    EXPECT_TRUE(mentions(message_of(parse_remote_list(encode(list))), "manifest"));
}

}  // namespace
}  // namespace siahub::backup
