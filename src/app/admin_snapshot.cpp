#include "app/admin_snapshot.hpp"

#include "app/catalogue_keeper.hpp"
#include "app/configure.hpp"
#include "app/hub_place.hpp"
#include "app/missing_report.hpp"
#include "app/open_database.hpp"
#include "app/sia_connect.hpp"
#include "app/sia_tools.hpp"
#include "app/version.hpp"
#include "backup/remote_pins.hpp"
#include "backup/remote_reader.hpp"
#include "backup/restore.hpp"
#include "backup/restore_mark.hpp"
#include "core/random.hpp"
#include "db/postgres.hpp"
#include "db/sqlite.hpp"

#include <thread>

#include <fmt/format.h>
#include <unistd.h>

namespace siahub::app {
namespace {

namespace fs = std::filesystem;
using backup::RemoteShelf;

// indexd tells of a change up to a second later.
constexpr std::chrono::milliseconds kSettle{1500};

// -- admin snapshot ------------------------------------------------------------------------------

Result<void> take_snapshot(const config::Config& config) {
    const auto tools = TRY(SiaTools::open(config.sia));
    const auto database = TRY(open_database(config, tools->clock(), tools->log()));
    CatalogueKeeper keeper(tools->executor(), *database,
                           {.hub = hub_place(config),
                            .hub_version = std::string(version()),
                            .remote = tools->bodies(),
                            .pools = tools->pools(),
                            .clock = tools->clock(),
                            .log = tools->log()},
                           {.keep = config.sia.snapshots, .holder = "command " + random_id()},
                           [] { return std::int64_t{0}; });
    const auto report = TRY(tools->run(keeper.take()));
    if (report.is_new)
        fmt::print("{} rows as of {} are on Sia; {} of {} were new\n", report.rows,
                   to_iso8601(report.created_at), backup::show_bytes(report.stored_bytes),
                   backup::show_bytes(report.bytes));
    else
        fmt::print("The newest snapshot on Sia shows the hub as it is: {} rows\n", report.rows);
    return {};
}

int run_snapshot(const CommandSpec& spec, const Arguments& arguments) {
    const auto config = configure(arguments, config::kServe);
    if (!config) return usage_failure(spec, config.error().message);
    return finish(take_snapshot(*config));
}

// -- admin restore --from-sia --------------------------------------------------------------------

// Beside the data, where there is room for them, unless that belongs to somebody else.
fs::path place_beside(const fs::path& data) {
    auto parent = fs::absolute(data).parent_path();
    return ::access(parent.c_str(), W_OK) == 0 ? parent : fs::temp_directory_path();
}

// Gone at the end of its block, with the secrets in it.
class Folder {
  public:
    explicit Folder(const fs::path& data)
        : path_(place_beside(data) / (".siahub-restore-" + random_id())) {}
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

class Restore {
  public:
    Restore(SiaTools& tools, backup::HubPlace place)
        : tools_(tools), place_(std::move(place)), shelf_(tools.bodies(), {}) {}

    Result<void> run() {
        std::this_thread::sleep_for(kSettle);
        TRY(tools_.run(shelf_.refresh()));
        const auto snapshots = candidates();
        if (snapshots.empty())
            return fail(Code::not_found, "There is no snapshot of a hub on Sia under this app key");
        for (const auto& item : snapshots) {
            auto done = from(item);
            const bool is_last = &item == &snapshots.back();
            const bool is_damaged = !done && (done.error().code == Code::unprocessable ||
                                              done.error().code == Code::not_found);
            if (done || !is_damaged || is_last) return done;
            fmt::print(stderr, "siahub: the snapshot of {} cannot be used: {}\n",
                       to_iso8601(item.note.created_at), done.error().message);
        }
        return {};
    }

  private:
    // Newest first. A restore that was interrupted goes on with its own.
    std::vector<RemoteShelf::Item> candidates() const {
        auto all = shelf_.lists();
        const auto mark = backup::read_restore_mark(place_.data);
        if (mark)
            std::erase_if(all, [&](const RemoteShelf::Item& item) {
                return to_hex(item.note.id) != mark->backup;
            });
        return all;
    }

    Result<void> from(const RemoteShelf::Item& item) {
        const Folder folder(place_.data);
        backup::RemoteReader reader(tools_.bodies(), tools_.pools(), progress_);
        TRY(tools_.run(reader.fetch(shelf_, item, folder.path())));
        const auto done = TRY(backup::restore(
            folder.path(), place_,
            {.without_damaged = false, .finish = std::bind_front(&Restore::mend, this)},
            tools_.clock(), progress_));
        fmt::print("restored into {} the catalogue as of {}: {} rows\n", place_.data.string(),
                   to_iso8601(done.manifest.created_at), done.manifest.row_count());
        fmt::print("{} bodies are on Sia, {} of them since that moment\n", mended_.pinned,
                   mended_.adopted);
        return print_missing(*report_);
    }

    Result<void> mend() {
        const auto database =
            TRY(place_.database.is_postgres()
                    ? db::open_postgres(place_.database.url, tools_.clock(), tools_.log())
                    : db::open_sqlite(place_.database.file, tools_.clock()));
        progress_.begin("looking at what is on Sia", 0, 0);
        mended_ = TRY(tools_.run(backup::mend_pins(*database, tools_.bodies(), tools_.clock())));
        report_ = TRY(tools_.run(find_missing(*database)));
        return {};
    }

    // Files that cannot be downloaded until somebody uploads them again.
    Result<void> print_missing(const std::vector<MissingPath>& missing) const {
        if (mended_.lost != 0)
            fmt::print(stderr, "siahub: {} bodies were on Sia and are not there any more\n",
                       mended_.lost);
        if (missing.empty()) return {};
        fmt::print(stderr,
                   "siahub: these files were not on Sia, or not whole; upload them again:\n");
        for (const auto& file : missing)
            fmt::print(stderr, "  {} {} ({})\n", file.repo, file.path,
                       backup::show_bytes(file.size));
        return {};
    }

    SiaTools& tools_;
    const backup::HubPlace place_;
    RemoteShelf shelf_;
    backup::Progress progress_{stderr};
    backup::PinsMended mended_;
    std::optional<std::vector<MissingPath>> report_;
};

Result<void> run_restore(const config::Config& config) {
    const auto tools = TRY(SiaTools::open(config.sia));
    return Restore(*tools, hub_place(config)).run();
}

Result<void> take_key_of(config::Sia& config, const std::string& phrase) {
    const auto key = TRY(connect_app({.indexd = config.indexd,
                                      .advertised = config.advertised,
                                      .hub_url = {},
                                      .phrase = phrase}));
    config.app_key = to_hex(key.seed());
    fmt::print("the app key of this hub, for sia.app_key: {}\n", config.app_key);
    return {};
}

}  // namespace

int restore_from_sia(config::Config config, const std::string& phrase) {
    if (!phrase.empty())
        if (const auto taken = take_key_of(config.sia, phrase); !taken)
            return failure(taken.error());
    return finish(run_restore(config));
}

Command snapshot_command() {
    return {{.name = "admin snapshot",
             .arguments = {},
             .summary = "Puts the catalogue of a hub, which may be running, on Sia now",
             .flags = with_settings({}, config::kServe)},
            run_snapshot};
}

}  // namespace siahub::app
