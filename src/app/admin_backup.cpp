#include "app/admin_backup.hpp"

#include "app/admin_hub.hpp"
#include "app/admin_snapshot.hpp"
#include "app/configure.hpp"
#include "app/hub_place.hpp"
#include "app/sia_session.hpp"
#include "app/version.hpp"
#include "backup/backup.hpp"
#include "backup/restore.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

void print_contents(const backup::Manifest& manifest) {
    fmt::print("made {} by siahub {} from a hub on {}, schema version {}\n",
               to_iso8601(manifest.created_at), manifest.hub_version,
               manifest.database == "postgres" ? "PostgreSQL" : "SQLite", manifest.schema_version);
    fmt::print("{} rows, {} bodies with {}\n", manifest.row_count(), manifest.bodies,
               backup::show_bytes(manifest.body_bytes));
}

// What a backup lacks makes it a failure, though all the rest is saved.
int report(const backup::BackupReport& done) {
    print_contents(done.manifest);
    fmt::print("{} bodies with {} are new", done.copied, backup::show_bytes(done.copied_bytes));
    if (done.removed != 0) fmt::print(", {} that no row names were removed", done.removed);
    fmt::print("\n");
    for (const auto& reason : done.damaged)
        fmt::print(stderr, "siahub: {}\n", reason);
    if (done.lost != 0)
        fmt::print(stderr,
                   "siahub: {} bodies of this hub are missing or damaged and not in the backup; "
                   "the rest is. `siahub admin doctor --deep` says which files need them\n",
                   done.lost);
    if (done.elsewhere != 0)
        fmt::print(stderr,
                   "siahub: {} bodies lie on other nodes. Run the same command there, into the "
                   "same directory\n",
                   done.elsewhere);
    return done.lost + done.elsewhere == 0 ? 0 : kExitFailure;
}

int run_backup(const CommandSpec& spec, const Arguments& arguments) {
    const auto config = configure(arguments, config::kAdmin);
    if (!config) return usage_failure(spec, config.error().message);
    backup::Progress progress(stderr);
    const auto done = backup::back_up(hub_place(*config), *arguments.flag("--to"), version(),
                                      SystemClock(), progress);
    return done ? report(*done) : failure(done.error());
}

int check(const std::filesystem::path& from) {
    backup::Progress progress(stderr);
    const auto checked = backup::check_backup(from, progress);
    if (!checked) return failure(checked.error());
    print_contents(checked->manifest);
    for (const auto& what : checked->damaged)
        fmt::print(stderr, "siahub: {}\n", what);
    fmt::print("{}\n", checked->damaged.empty() ? "the backup is whole" : "the backup is damaged");
    return checked->damaged.empty() ? 0 : kExitFailure;
}

int run_restore_from_sia(const CommandSpec& spec, const Arguments& arguments) {
    if (arguments.has("--from") || arguments.has("--check") || arguments.has("--without-damaged"))
        return usage_failure(spec,
                             "--from-sia goes with none of --from, --check, --without-damaged");
    const auto config = configure(arguments, config::kSia);
    if (!config) return usage_failure(spec, config.error().message);
    const auto phrase = secret_flag(arguments, "--phrase");
    if (!phrase) return usage_failure(spec, phrase.error().message);
    if (config->sia.indexd.empty()) return usage_failure(spec, "--from-sia needs --sia-indexd");
    if (config->sia.app_key.empty() && !*phrase)
        return usage_failure(spec, "--from-sia needs --sia-app-key or --phrase");
    return restore_from_sia(*config, phrase->value_or(""));
}

int run_restore(const CommandSpec& spec, const Arguments& arguments) {
    if (arguments.has("--from-sia")) return run_restore_from_sia(spec, arguments);
    if (!arguments.has("--from")) return usage_failure(spec, "--from or --from-sia is missing");
    const auto config = configure(arguments, config::kAdmin);
    if (!config) return usage_failure(spec, config.error().message);
    if (arguments.has("--check")) return check(*arguments.flag("--from"));
    backup::Progress progress(stderr);
    const auto done = backup::restore(*arguments.flag("--from"), hub_place(*config),
                                      {.without_damaged = arguments.has("--without-damaged")},
                                      SystemClock(), progress);
    if (!done) return failure(done.error());
    print_contents(done->manifest);
    if (done->left_out != 0)
        fmt::print(
            "{} bodies are left out; files that need them cannot be downloaded until they "
            "are uploaded again\n",
            done->left_out);
    fmt::print("restored into {}\n", config->data.string());
    return 0;
}

}  // namespace

std::vector<Command> backup_commands() {
    return {
        {{.name = "admin backup",
          .arguments = {},
          .summary = "Copies a hub, which may be running, into a directory; again: what is new",
          .flags = admin_flags({{.name = "--to",
                                 .value = "DIR",
                                 .help = "where the backup goes",
                                 .required = true}})},
         run_backup},
        {{.name = "admin restore",
          .arguments = {},
          .summary = "Makes a hub from a backup, on either database",
          .flags = with_settings(
              {{.name = "--from", .value = "DIR", .help = "the backup"},
               {.name = "--check", .value = "", .help = "only reads and verifies the backup"},
               {.name = "--without-damaged",
                .value = "",
                .help = "restores what there is when bodies are missing or damaged"},
               {.name = "--from-sia",
                .value = "",
                .help = "of the newest snapshot on Sia, without bodies: those are on Sia"},
               {.name = "--phrase",
                .value = "WORDS",
                .help = "the recovery phrase, in place of the app key",
                .from_file = true}},
              static_cast<config::Role>(config::kAdmin | config::kSia))},
         run_restore},
        snapshot_command(),
    };
}

}  // namespace siahub::app
