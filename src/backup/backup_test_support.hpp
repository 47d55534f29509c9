#pragma once
// A hub with a place for its backup and one for what is restored of it.

#include "backup/backup.hpp"
#include "backup/body_folder.hpp"
#include "backup/restore.hpp"
#include "core/random.hpp"
#include "store/test_store.hpp"

namespace siahub::backup {

namespace fs = std::filesystem;

inline constexpr std::string_view kVersion = "0.0.1-test";

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
}

inline Bytes noise(std::size_t size) {
    Bytes bytes(size);
    fill_random(bytes);
    return bytes;
}

inline std::string message_of(const auto& result) {
    return result ? "(it succeeded)" : result.error().message;
}

inline bool mentions(const std::string& text, std::string_view part) {
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

}  // namespace siahub::backup
