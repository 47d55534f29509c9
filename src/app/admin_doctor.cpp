#include "app/admin_doctor.hpp"

#include "app/configure.hpp"
#include "app/data_dir.hpp"
#include "app/hub_sia_doctor.hpp"
#include "doctor/checks.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

int run(const CommandSpec&, const Arguments& arguments) {
    const auto loaded = load_config(arguments, config::kServe);
    const SystemClock clock;
    const bool as_json = arguments.has("--json");
    backup::Progress progress(as_json ? nullptr : stderr);
    const doctor::Subject subject{
        .loaded = loaded,
        .database = {.file = database_path(loaded.config.data), .url = loaded.config.database.url},
        .clock = clock,
        .progress = progress,
        .deep = arguments.has("--deep")};
    auto report = doctor::examine(subject);
    report.append(examine_hub_sia(loaded.config, clock));
    fmt::print("{}", as_json ? report.json() : report.text());
    return report.exit_code();
}

}  // namespace

Command doctor_command() {
    return {{.name = "admin doctor",
             .arguments = {},
             .summary = "Looks at everything a hub stands on and says what to do",
             .flags = with_settings(
                 {{.name = "--deep", .value = "", .help = "verifies every body, not only some"},
                  {.name = "--json", .value = "", .help = "for programs"}},
                 static_cast<config::Role>(config::kServe | config::kCas))},
            run};
}

}  // namespace siahub::app
