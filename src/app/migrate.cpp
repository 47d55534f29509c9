#include "app/migrate.hpp"

#include "app/configure.hpp"
#include "app/open_database.hpp"
#include "store/gateway_rights.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

Result<void> migrate(const config::Config& config) {
    const auto report = TRY(migrate_database(config, SystemClock()));
    if (report.before == report.after)
        fmt::print("The schema is up to date: version {}\n", report.after);
    else
        fmt::print("Migrated the schema from version {} to {}\n", report.before, report.after);
    return {};
}

Result<void> grant_gateway(const config::Config& config, const std::string& role) {
    TRY(db::grant_exactly(config.database.url, role, store::kGatewayRights));
    fmt::print("The role {} has the rights of a gateway\n", role);
    return {};
}

int run(const CommandSpec& spec, const Arguments& arguments) {
    const auto config = configure(arguments, config::kAdmin);
    if (!config) return usage_failure(spec, config.error().message);
    const auto role = arguments.flag("--grant-gateway");
    if (role && config->database.url.empty())
        return usage_failure(spec, "--grant-gateway needs a PostgreSQL database");
    const auto migrated = migrate(*config);
    return finish(migrated && role ? grant_gateway(*config, *role) : migrated);
}

}  // namespace

Command migrate_command() {
    return {{.name = "migrate",
             .arguments = {},
             .summary = "Brings the schema of the database up to date",
             .flags = with_settings({{.name = "--grant-gateway",
                                      .value = "ROLE",
                                      .help = "gives that role what gateways need, nothing else"}},
                                    config::kAdmin)},
            run};
}

}  // namespace siahub::app
