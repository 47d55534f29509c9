#include "app/admin_fsck.hpp"

#include "app/configure.hpp"
#include "app/missing_report.hpp"
#include "app/open_database.hpp"
#include "app/sia_tools.hpp"
#include "backup/progress.hpp"
#include "store/pin_audit.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

void print_counts(const store::PinAudit& audit, bool mend) {
    fmt::print("{} bodies should be on Sia; {} are not\n", audit.pinned,
               audit.requeued.size() + audit.lost.size());
    if (!audit.requeued.empty())
        fmt::print("{} of these {} a disk{}\n", audit.requeued.size(),
                   mend ? "go there again from" : "are still on",
                   mend ? "" : ": --mend brings them to Sia again");
    if (audit.strangers + audit.copies != 0)
        fmt::print(
            "{} objects on Sia with {} belong to no body of this hub, {} of them are second "
            "copies\n",
            audit.strangers + audit.copies, backup::show_bytes(audit.stranger_bytes), audit.copies);
}

Result<int> check(const config::Config& config, bool mend) {
    const auto tools = TRY(SiaTools::open(config.sia));
    const auto database = TRY(open_database(config, tools->clock(), tools->log()));
    const auto audit =
        TRY(tools->run(store::audit_pins(*database, tools->bodies(), tools->clock(), mend)));
    print_counts(audit, mend);
    if (audit.lost.empty()) return audit.requeued.empty() || mend ? 0 : kExitFailure;
    fmt::print(stderr,
               "siahub: {} are nowhere else. Files that need them, to be uploaded again{}:\n",
               audit.lost.size(), mend ? "" : " after --mend has forgotten what is lost");
    auto files = TRY(tools->run(backup::files_with(*database, audit.lost)));
    for (const auto& file : TRY(tools->run(paths_of(*database, std::move(files)))))
        fmt::print(stderr, "  {} {} ({})\n", file.repo, file.path, backup::show_bytes(file.size));
    return kExitFailure;
}

int run(const CommandSpec& spec, const Arguments& arguments) {
    const auto config = configure(arguments, config::kServe);
    if (!config) return usage_failure(spec, config.error().message);
    const auto code = check(*config, arguments.has("--mend"));
    return code ? *code : failure(code.error());
}

}  // namespace

Command fsck_command() {
    return {{.name = "admin fsck",
             .arguments = {},
             .summary = "Looks whether everything that should be on Sia is there",
             .flags = with_settings({{.name = "--mend",
                                      .value = "",
                                      .help = "brings what is lost there again, or forgets it"}},
                                    config::kServe)},
            run};
}

}  // namespace siahub::app
