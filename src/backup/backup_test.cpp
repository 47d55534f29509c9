// What a backup holds, and what happens to the hub meanwhile.

#include "backup/backup_test_support.hpp"

#include <fstream>

namespace siahub::backup {
namespace {

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

TEST_F(BackupTest, NamesTheDirectoryThatIsNotThere) {
    EXPECT_TRUE(mentions(message_of(bring_back(sqlite_target())), folder().string()));
    auto nowhere = hub();
    nowhere.data = work_.path() / "nowhere";
    EXPECT_TRUE(mentions(message_of(back_up(nowhere, folder(), kVersion, clock_, quiet_)),
                         nowhere.data.string()));
}

}  // namespace
}  // namespace siahub::backup
