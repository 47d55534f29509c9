// A hub into a backup and back, on SQLite and, by with_postgres.sh, between it and PostgreSQL.

#include "backup/backup.hpp"

#include "backup/body_folder.hpp"
#include "backup/restore.hpp"
#include "backup/restore_mark.hpp"
#include "core/random.hpp"
#include "store/test_store.hpp"

#include <fstream>

namespace siahub::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVersion = "0.0.1-test";

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
}

Bytes noise(std::size_t size) {
    Bytes bytes(size);
    fill_random(bytes);
    return bytes;
}

std::string message_of(const auto& result) {
    return result ? "(it succeeded)" : result.error().message;
}

bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// Does something when a stage begins.
class Interfering final : public Progress {
  public:
    Interfering(std::string_view stage, std::function<void()> act)
        : Progress(nullptr), stage_(stage), act_(std::move(act)) {}
    void begin(std::string_view what, std::uint64_t items, std::uint64_t bytes) override {
        if (what == stage_) act_();
        Progress::begin(what, items, bytes);
    }

  private:
    std::string stage_;
    std::function<void()> act_;
};

class BackupTest : public store::StoreTest {
  protected:
    [[nodiscard]] HubPlace hub() const {
        return {.data = dir_.path(),
                .keys = dir_.path() / "keys",
                .database = {.file = place_.file(),
                             .url = db::TestDatabase::on_postgres() ? place_.url() : ""}};
    }
    [[nodiscard]] HubPlace sqlite_target() const {
        const auto data = work_.path() / "restored";
        return {
            .data = data, .keys = data / "keys", .database = {.file = data / "hub.db", .url = {}}};
    }
    [[nodiscard]] HubPlace other_target() const {
        auto target = sqlite_target();
        if (db::TestDatabase::on_postgres()) target.database.url = empty_.url();
        return target;
    }
    [[nodiscard]] fs::path folder() const { return work_.path() / "backup"; }

    Result<BackupReport> make() { return back_up(hub(), folder(), kVersion, clock_, quiet_); }
    Result<RestoreReport> bring_back(const HubPlace& target, bool without_damaged = false) {
        return restore(folder(), target, {.without_damaged = without_damaged}, clock_, quiet_);
    }
    store::ClientFile add_file(std::size_t size = 300'000) {
        auto file = store::make_client_file(noise(size), 2);
        upload(1, file);
        return file;
    }
    // As the restored hub would answer.
    Result<Bytes> read_restored(const HubPlace& place, const xet::Hash& file) {
        const auto database =
            must(place.database.is_postgres() ? db::open_postgres(place.database.url, clock_, log_)
                                              : db::open_sqlite(place.database.file, clock_));
        auto opened = run_task(
            store::Store::open(*database, {compute_, disk_}, clock_, log_, {.data = place.data}));
        if (!opened) return Failure(opened.error());
        return run_task(store::read_file(**opened, 1, file));
    }
    [[nodiscard]] fs::path snapshot_folder() const {
        return folder() / must(read_manifest(folder())).folder();
    }
    void expect_refused(std::string_view naming) {
        const auto refused = bring_back(sqlite_target());
        EXPECT_TRUE(mentions(message_of(refused), naming)) << message_of(refused);
        EXPECT_FALSE(fs::exists(sqlite_target().data));
    }
    [[nodiscard]] fs::path saved_body(const xet::Hash& hash) const {
        return BodyFolder(folder() / "bodies", folder() / "tmp").path(hash);
    }

    TempDir work_;
    db::TestDatabase empty_{"template0"};
    Progress quiet_{nullptr};
};

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

TEST_F(BackupTest, CopiesOnlyWhatIsNewAndForgetsWhatIsGone) {
    const auto first = add_file();
    must(make());
    const auto second = add_file();
    const auto again = must(make());
    EXPECT_EQ(again.copied, second.xorbs.size());
    EXPECT_EQ(again.manifest.bodies, first.xorbs.size() + second.xorbs.size());
    for (const auto& xorb : first.xorbs) {
        (void)run_task(
            database_->execute("DELETE FROM xorb_bodies WHERE hash = $1", {xorb.index.xorb.view()}))
            .value();
    }
    EXPECT_EQ(must(make()).removed, first.xorbs.size());
    EXPECT_TRUE(must(check_backup(folder(), quiet_)).damaged.empty());
}

TEST_F(BackupTest, TakesAnotherSnapshotWhenABodyIsCollectedMeanwhile) {
    const auto gone = add_file();
    const auto kept = add_file();
    bool done = false;
    Interfering collector("copying bodies", [&] {
        if (std::exchange(done, true)) return;
        for (const auto& xorb : gone.xorbs) {
            fs::remove(body_path(xorb.index.xorb));
            (void)run_task(database_->execute("DELETE FROM xorb_bodies WHERE hash = $1",
                                              {xorb.index.xorb.view()}))
                .value();
        }
    });
    const auto made = must(back_up(hub(), folder(), kVersion, clock_, collector));
    EXPECT_EQ(made.lost, 0U);
    EXPECT_EQ(made.manifest.bodies, kept.xorbs.size());
    EXPECT_TRUE(must(check_backup(folder(), quiet_)).damaged.empty());
}

TEST_F(BackupTest, SavesAllTheRestWhenBodiesAreMissingOrDamaged) {
    const auto whole = add_file();
    const auto broken = add_file();
    const auto& missing = broken.xorbs.at(0).index.xorb;
    const auto& damaged = broken.xorbs.at(1).index.xorb;
    fs::remove(body_path(missing));
    flip_byte(body_path(damaged), 100);
    const auto made = must(make());
    EXPECT_EQ(made.lost, 2U);
    ASSERT_EQ(made.damaged.size(), 2U);
    for (const auto& hash : {missing, damaged})
        EXPECT_TRUE(mentions(made.damaged[0] + made.damaged[1], hash.hex()));
    expect_refused("lacks 2 bodies");
    EXPECT_EQ(must(bring_back(other_target(), true)).left_out, 2U);
    EXPECT_EQ(must(read_restored(other_target(), whole.hash())), whole.plain);
    EXPECT_FALSE(read_restored(other_target(), broken.hash()));
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
    const auto body = saved_body(file.xorbs.back().index.xorb);
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

TEST_F(BackupTest, ARestoreOfAnotherBackupDoesNotGoOn) {
    must(make());
    fs::create_directories(sqlite_target().data);
    ASSERT_TRUE(write_restore_mark(sqlite_target().data, {.backup = "another"}));
    EXPECT_TRUE(mentions(message_of(bring_back(sqlite_target())), "another backup"));
}

TEST_F(BackupTest, AnInterruptedRepetitionLeavesTheFirstBackupWhole) {
    const auto file = add_file();
    const auto first = must(make()).manifest;
    (void)add_file();
    struct Killed {};
    Interfering kill("copying bodies", [] { throw Killed(); });
    EXPECT_THROW((void)back_up(hub(), folder(), kVersion, clock_, kill), Killed);
    EXPECT_EQ(must(read_manifest(folder())), first);
    EXPECT_TRUE(must(check_backup(folder(), quiet_)).damaged.empty());
    must(bring_back(sqlite_target()));
    EXPECT_EQ(must(read_restored(sqlite_target(), file.hash())), file.plain);
    must(make());
    EXPECT_EQ(
        std::ranges::count_if(fs::directory_iterator(folder()),
                              [](const auto& entry) {
                                  return entry.path().filename().string().starts_with("snapshot-");
                              }),
        1);
}

TEST_F(BackupTest, RefusesADirectoryOfSomebodyElse) {
    fs::create_directories(folder());
    std::ofstream(folder() / "precious") << "x";
    EXPECT_TRUE(mentions(message_of(make()), "no backup"));
}

TEST_F(BackupTest, RefusesASchemaFromTheFuture) {
    must(make());
    auto manifest = must(read_manifest(folder()));
    manifest.schema_version += 1;
    ASSERT_TRUE(write_manifest(folder(), manifest));
    expect_refused(kVersion);
}

TEST_F(BackupTest, NamesTheDirectoryThatIsNotThere) {
    EXPECT_TRUE(mentions(message_of(bring_back(sqlite_target())), folder().string()));
    auto nowhere = hub();
    nowhere.data = work_.path() / "nowhere";
    EXPECT_TRUE(mentions(message_of(back_up(nowhere, folder(), kVersion, clock_, quiet_)),
                         nowhere.data.string()));
}

}  // namespace
}  // namespace siahub::backup
