#include "app/sia_commands.hpp"

#include "app/sia_connect.hpp"
#include "app/sia_doctor.hpp"
#include "app/sia_files.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;

double gib(std::uint64_t bytes) {
    return static_cast<double>(bytes) / kGib;
}

Result<void> show_account(SiaSession& session) {
    const auto account = TRY(session.run(session.api().account()));
    fmt::print("account    {}\n", sia::to_text(account.key));
    fmt::print("app        {}\n", account.app_name);
    fmt::print("pinned     {:.1f} GiB of {:.1f} GiB, {:.1f} GiB on hosts\n",
               gib(account.pinned_data), gib(account.max_pinned_data), gib(account.pinned_size));
    fmt::print("left       {:.1f} GiB\n", gib(account.remaining_storage));
    fmt::print("ready      {}\n", account.ready ? "yes" : "no: funded on fewer than 30 hosts");
    return {};
}

// indexd lists the addresses of a host in any order; those of other protocols are not for us.
std::string_view address_of(const sia::Host& host) {
    const auto found = std::ranges::find(host.addresses, "siamux", &sia::NetAddress::protocol);
    return found == host.addresses.end() ? "-" : std::string_view(found->address);
}

Result<void> list_hosts(SiaSession& session) {
    const auto hosts = TRY(session.run(session.api().hosts()));
    fmt::print("HOST\tADDRESS\tCOUNTRY\tLATITUDE\tLONGITUDE\tUPLOAD\n");
    for (const auto& host : hosts)
        fmt::print("{}\t{}\t{}\t{:.2f}\t{:.2f}\t{}\n", sia::to_text(host.key), address_of(host),
                   host.country_code.empty() ? "-" : host.country_code, host.latitude,
                   host.longitude, host.good_for_upload ? "yes" : "no");
    return {};
}

template <Result<void> (*act)(SiaSession&)>
int with_session(const CommandSpec& spec, const Arguments& arguments) {
    const auto session = SiaSession::open(arguments);
    if (!session) return usage_failure(spec, session.error().message);
    return finish(act(**session));
}

int run_doctor(const CommandSpec& spec, const Arguments& arguments) {
    const auto redundancy = redundancy_of(arguments);
    if (!redundancy) return usage_failure(spec, redundancy.error().message);
    const auto session = SiaSession::open(arguments);
    if (!session) return usage_failure(spec, session.error().message);
    const auto report = examine_sia(**session, *redundancy);
    fmt::print("{}", arguments.has("--json") ? report.json() : report.text());
    return report.exit_code();
}

}  // namespace

std::vector<Command> sia_commands() {
    std::vector<Command> commands{
        {{.name = "sia account",
          .arguments = {},
          .summary = "Says what the app key may pin on Sia and what it has pinned",
          .flags = sia_flags()},
         with_session<show_account>},
        {{.name = "sia hosts",
          .arguments = {},
          .summary = "Lists the storage hosts that indexd has contracts with",
          .flags = sia_flags()},
         with_session<list_hosts>},
        {{.name = "sia doctor",
          .arguments = {},
          .summary = "Looks at everything that storing on Sia needs and says what to do",
          .flags = sia_flags(
              {redundancy_flag(), {.name = "--json", .value = "", .help = "for programs"}})},
         run_doctor},
    };
    for (auto&& group : {sia_key_commands(), sia_file_commands()})
        commands.insert(commands.end(), group.begin(), group.end());
    return commands;
}

}  // namespace siahub::app
