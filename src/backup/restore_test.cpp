// From a backup to a hub: on SQLite and, by with_postgres.sh, between it and PostgreSQL.

#include "backup/backup_test_support.hpp"
#include "backup/restore_mark.hpp"

#include <fstream>

namespace siahub::backup {
namespace {

TEST_F(BackupTest, RestoresIntoEitherDatabase) {
    const auto file = add_file();
    const auto made = must(make());
    EXPECT_EQ(made.copied, file.xorbs.size());
    EXPECT_EQ(made.lost + made.elsewhere + made.removed, 0U);
    const auto keys = must(digest_file(hub().keys));
    for (const auto& target : {sqlite_target(), other_target()}) {
        const auto restored = must(bring_back(target));
        EXPECT_EQ(restored.bodies, file.xorbs.size());
        EXPECT_EQ(must(digest_file(target.keys)), keys);
        EXPECT_EQ(fs::status(target.keys).permissions(),
                  fs::perms::owner_read | fs::perms::owner_write);
        EXPECT_EQ(must(read_restored(target, file.hash())), file.plain);
        fs::remove_all(target.data);
    }
}

TEST_F(BackupTest, RestoresTwiceOver) {
    const auto file = add_file();
    must(make());
    must(bring_back(other_target()));
    const auto again = work_.path() / "again";
    must(back_up(other_target(), again, kVersion, clock_, quiet_));
    fs::remove_all(folder());
    fs::rename(again, folder());
    const TempDir third;
    const HubPlace target{.data = third.path(),
                          .keys = third.path() / "keys",
                          .database = {.file = third.path() / "hub.db", .url = {}}};
    must(bring_back(target));
    EXPECT_EQ(must(read_restored(target, file.hash())), file.plain);
}

TEST_F(BackupTest, RefusesADamagedBackupByNameAndLeavesNothing) {
    const auto file = add_file();
    must(make());
    const auto rows = snapshot_folder() / "xorbs.rows";
    flip_byte(rows, 10);
    expect_refused(rows.string());
    flip_byte(rows, 10);
    const auto keys = snapshot_folder() / "keys";
    fs::rename(keys, work_.path() / "keys");
    expect_refused(keys.string());
    fs::rename(work_.path() / "keys", keys);
    const auto body = saved_body(file.xorbs.front().index.xorb);
    flip_byte(body, 1000);
    expect_refused(body.string());
    EXPECT_TRUE(mentions(must(check_backup(folder(), quiet_)).damaged.at(0), body.string()));
    fs::remove(body);
    expect_refused(body.string() + " is missing");
    EXPECT_EQ(must(bring_back(sqlite_target(), true)).left_out, 1U);
}

TEST_F(BackupTest, RefusesADamagedManifest) {
    must(make());
    const auto manifest = folder() / kManifestName;
    const auto size = fs::file_size(manifest);
    flip_byte(manifest, 200);
    expect_refused("MANIFEST");
    flip_byte(manifest, 200);
    for (const auto cut : {size - 1, size - 80, size / 2, std::uintmax_t{5}}) {
        fs::resize_file(manifest, cut);
        expect_refused("MANIFEST");
    }
    fs::remove(manifest);
    expect_refused("interrupted");
}

TEST_F(BackupTest, RefusesATargetThatHoldsSomething) {
    const auto file = add_file();
    must(make());
    fs::create_directories(sqlite_target().data);
    std::ofstream(sqlite_target().data / "precious") << "x";
    EXPECT_TRUE(mentions(message_of(bring_back(sqlite_target())), "precious"));
    EXPECT_TRUE(fs::exists(sqlite_target().data / "precious"));
    auto occupied = sqlite_target();
    occupied.data = work_.path() / "elsewhere";
    occupied.keys = occupied.data / "keys";
    occupied.database = hub().database;
    EXPECT_TRUE(mentions(message_of(bring_back(occupied)), "has rows"));
    EXPECT_FALSE(fs::exists(occupied.data));
    EXPECT_EQ(run_task(store::read_file(*store_, 1, file.hash())).value(), file.plain);
}

TEST_F(BackupTest, AcceptsItsOwnKeysAndNoOthers) {
    must(make());
    auto target = sqlite_target();
    target.keys = work_.path() / "shared-keys";
    std::ofstream(target.keys) << "others\n";
    EXPECT_TRUE(mentions(message_of(bring_back(target)), "shared-keys holds other keys"));
    EXPECT_FALSE(fs::exists(target.data));
    fs::copy_file(hub().keys, target.keys, fs::copy_options::overwrite_existing);
    must(bring_back(target));
    EXPECT_EQ(must(digest_file(target.keys)), must(digest_file(hub().keys)));
}

TEST_F(BackupTest, GoesOnWithARestoreThatWasInterrupted) {
    const auto file = add_file();
    must(make());
    struct Killed {};
    for (const auto* const stage : {"copying bodies", "writing rows"}) {
        Interfering kill(stage, [] { throw Killed(); });
        EXPECT_THROW((void)restore(folder(), other_target(), {}, clock_, kill), Killed);
        EXPECT_TRUE(
            mentions(message_of(refuse_half_restored(other_target().data)), "Run the same"));
        EXPECT_TRUE(mentions(
            message_of(back_up(other_target(), work_.path() / "no", kVersion, clock_, quiet_)),
            "has not ended"));
    }
    must(bring_back(other_target()));
    EXPECT_TRUE(refuse_half_restored(other_target().data));
    EXPECT_EQ(must(read_restored(other_target(), file.hash())), file.plain);
    // All done but for the mark.
    ASSERT_TRUE(write_restore_mark(
        other_target().data, {.backup = must(read_manifest(folder())).id, .rows_begun = true}));
    must(bring_back(other_target()));
    EXPECT_EQ(must(read_restored(other_target(), file.hash())), file.plain);
}

TEST_F(BackupTest, OfTwoRestoresAtOnceOneIsRefused) {
    const auto file = add_file();
    must(make());
    auto elsewhere = other_target();
    elsewhere.data = work_.path() / "elsewhere";
    elsewhere.keys = elsewhere.data / "keys";
    for (const auto* const stage : {"copying bodies", "writing rows"}) {
        Interfering second(stage, [&] {
            EXPECT_TRUE(mentions(message_of(bring_back(other_target())), "runs right now"));
            if (!db::TestDatabase::on_postgres()) return;
            // Another host, the same database.
            EXPECT_TRUE(mentions(message_of(bring_back(elsewhere)), "runs right now"));
            EXPECT_FALSE(fs::exists(elsewhere.data));
        });
        fs::remove_all(other_target().data);
        const auto first = restore(folder(), other_target(), {}, clock_, second);
        if (std::string_view(stage) == "writing rows" && db::TestDatabase::on_postgres()) {
            EXPECT_TRUE(mentions(message_of(first), "has rows"));  // those of the first round
            continue;
        }
        EXPECT_EQ(message_of(first), "(it succeeded)");
        EXPECT_EQ(must(read_restored(other_target(), file.hash())), file.plain);
    }
}

TEST_F(BackupTest, ABackupDuringARestoreIsRefusedAndTheOtherWayRound) {
    add_file();
    must(make());
    // It would find an empty hub, and replace the good backup by one of that.
    auto neighbour = hub();
    neighbour.database = other_target().database;
    Interfering back_up_now("copying bodies", [&] {
        EXPECT_TRUE(mentions(message_of(make()), "a restore reads it"));
        const auto to = work_.path() / "other";
        const auto refused = back_up(other_target(), to, kVersion, clock_, quiet_);
        EXPECT_TRUE(mentions(message_of(refused), "has not ended"));
        if (db::TestDatabase::on_postgres())
            EXPECT_TRUE(mentions(message_of(back_up(neighbour, to, kVersion, clock_, quiet_)),
                                 "A restore into this database runs"));
        EXPECT_FALSE(fs::exists(to));
    });
    must(restore(folder(), other_target(), {}, clock_, back_up_now));
    Interfering restore_now("copying bodies", [&] {
        auto target = sqlite_target();
        target.data = work_.path() / "third";
        EXPECT_TRUE(mentions(message_of(bring_back(target)), "A backup writes to"));
    });
    must(back_up(hub(), folder(), kVersion, clock_, restore_now));
}

// Somebody starts a hub on the database while bodies are copied.
TEST_F(BackupTest, ForeignRowsAreNeverTakenForRestoredOnes) {
    add_file();
    must(make());
    Interfering meddle("copying bodies", [&] {
        const auto loader =
            must(db::open_loader(other_target().database, db::newest_schema_version(), clock_));
        for (const auto& table : must(db::schema_at(db::newest_schema_version()))) {
            if (table.name != "users") continue;
            ASSERT_TRUE(loader->begin_table(table));
            for (std::int64_t id = 0; id < 3; ++id) {
                std::vector<db::Value> row;
                for (const auto& column : table.columns)
                    row.push_back(column.type == db::ColumnType::text
                                      ? db::Value(std::to_string(id))
                                      : db::Value(id));
                ASSERT_TRUE(loader->add(row));
            }
            ASSERT_TRUE(loader->end_table());
        }
        ASSERT_TRUE(loader->commit());
    });
    const auto first = restore(folder(), other_target(), {}, clock_, meddle);
    EXPECT_TRUE(mentions(message_of(first), "Give it an empty database")) << message_of(first);
    EXPECT_TRUE(mentions(message_of(bring_back(other_target())), "has rows"));
}

TEST_F(BackupTest, ARestoreOfAnotherBackupDoesNotGoOn) {
    must(make());
    fs::create_directories(sqlite_target().data);
    ASSERT_TRUE(write_restore_mark(sqlite_target().data, {.backup = "another"}));
    EXPECT_TRUE(mentions(message_of(bring_back(sqlite_target())), "another backup"));
}

TEST_F(BackupTest, RefusesASchemaFromTheFuture) {
    must(make());
    auto manifest = must(read_manifest(folder()));
    manifest.schema_version += 1;
    ASSERT_TRUE(write_manifest(folder(), manifest));
    expect_refused(kVersion);
}

}  // namespace
}  // namespace siahub::backup
