#include "app/sia_doctor.hpp"

#include "app/sia_trouble.hpp"
#include "core/run_task.hpp"
#include "sia/client.hpp"

#include <charconv>
#include <set>

#include <fmt/format.h>

namespace siahub::app {
namespace {

using sia::indexd::Failure;

// Hosts come and go: with fewer to spare an upload soon waits.
constexpr std::size_t kSpareHosts = 3;
constexpr std::chrono::seconds kPatience{10};
constexpr std::uint64_t kGib = std::uint64_t{1} << 30;

bool check_key(SiaSession& session, doctor::Report& report) {
    const auto known = session.run(session.api().check());
    if (known) {
        report.ok("sia.indexd", session.url() + " answers and knows the app key");
        return true;
    }
    const auto& error = known.error();
    const bool is_key =
        error.failure == Failure::unknown_key || error.failure == Failure::bad_signature;
    report.error(is_key ? "sia.app_key" : "sia.indexd", error.message,
                 remedy_for(error.failure, session.url()));
    return false;
}

void check_quota(SiaSession& session, sia::Redundancy redundancy, doctor::Report& report) {
    const auto account = session.run(session.api().account());
    if (!account) {
        report.error("sia.account", account.error().message,
                     remedy_for(account.error().failure, session.url()));
        return;
    }
    const auto what = fmt::format("{:.1f} of {:.1f} GiB are pinned, {:.1f} GiB are left",
                                  static_cast<double>(account->pinned_data) / kGib,
                                  static_cast<double>(account->max_pinned_data) / kGib,
                                  static_cast<double>(account->remaining_storage) / kGib);
    const auto* remedy = "Raise the quota of the connect key in indexd, or the account's limit";
    if (account->remaining_storage < redundancy.slab_bytes())
        report.error("sia.quota", what + ": not one more slab", remedy);
    else if (account->remaining_storage < account->max_pinned_data / 20)
        report.warning("sia.quota", what, remedy);
    else
        report.ok("sia.quota", what);
}

void check_hosts(SiaSession& session, sia::Redundancy redundancy, doctor::Report& report) {
    const auto hosts = session.run(session.api().hosts());
    if (!hosts) {
        report.error("sia.hosts", hosts.error().message,
                     remedy_for(hosts.error().failure, session.url()));
        return;
    }
    const auto good =
        static_cast<std::size_t>(std::ranges::count_if(*hosts, &sia::Host::good_for_upload));
    std::set<std::string> countries;
    for (const auto& host : *hosts)
        countries.insert(host.country_code);
    const auto what = fmt::format("{} of {} hosts in {} countries take uploads; {} of {} need {}",
                                  good, hosts->size(), countries.size(), redundancy.data,
                                  redundancy.total, redundancy.total);
    const auto* remedy =
        "Let indexd form contracts with more hosts (PUT /settings/contracts: enabled, "
        "wantedContracts), or use a redundancy that needs fewer";
    if (good < redundancy.total)
        report.error("sia.hosts", what, remedy);
    else if (good < redundancy.total + kSpareHosts)
        report.warning("sia.hosts", what, remedy);
    else
        report.ok("sia.hosts", what);
}

Result<std::vector<sia::HostPool::View>> probe(const SiaAccess& access) {
    const SystemClock clock;
    WorkPool work(1);
    sia::ClientOptions options;
    options.indexd = access.indexd;
    const auto client = TRY(sia::Client::open(std::move(options), access.key, work, clock));
    auto views = run_task(client->probe_hosts(kPatience));
    client->stop();
    work.stop();
    return views;
}

// Whether hosts take calls of this account: what indexd cannot know.
void check_calls(SiaSession& session, sia::Redundancy redundancy, doctor::Report& report) {
    constexpr auto check = "sia.calls";
    const auto probed = probe(session.access());
    if (!probed) {
        report.error(check, probed.error().message, "look at the checks above");
        return;
    }
    const auto takers = static_cast<std::size_t>(std::ranges::count(
        *probed, std::optional(sia::HostFault::sector_missing), &sia::HostPool::View::fault));
    auto what = fmt::format("{} of {} hosts take calls of this account", takers, probed->size());
    std::string remedy =
        "See the network of this machine: hosts are reached by TCP at ports of "
        "their choice (siahub sia hosts)";
    if (const auto trouble = account_trouble(*probed); trouble) {
        what += "; " + trouble->cause;
        remedy = trouble->remedy;
    }
    if (takers >= redundancy.total)
        report.ok(check, what);
    else if (takers >= redundancy.data)
        report.warning(check, what, remedy);
    else
        report.error(check, what, remedy);
}

}  // namespace

doctor::Report examine_sia(SiaSession& session, sia::Redundancy redundancy) {
    doctor::Report report;
    if (!check_key(session, report)) return report;
    check_quota(session, redundancy, report);
    check_hosts(session, redundancy, report);
    check_calls(session, redundancy, report);
    return report;
}

FlagSpec redundancy_flag() {
    return {.name = "--redundancy",
            .value = "K-of-N",
            .help = "any K of N hosts suffice to read (default: 10-of-30)"};
}

Result<sia::Redundancy> redundancy_of(const Arguments& arguments) {
    const auto given = arguments.flag_or("--redundancy", "10-of-30");
    const std::string_view text = given;
    constexpr std::string_view kOf = "-of-";
    const auto wrong = [&] {
        return fail(Code::invalid_argument,
                    "--redundancy: \"" + std::string(text) + "\" is not of the form 10-of-30");
    };
    const auto at = text.find(kOf);
    if (at == std::string_view::npos) return wrong();
    const auto data = parse_number("--redundancy", text.substr(0, at), 1, 255);
    const auto total = parse_number("--redundancy", text.substr(at + kOf.size()), 1, 256);
    if (!data || !total) return wrong();
    const sia::Redundancy redundancy{static_cast<std::size_t>(*data),
                                     static_cast<std::size_t>(*total)};
    TRY(sia::check_redundancy(redundancy));
    return redundancy;
}

}  // namespace siahub::app
