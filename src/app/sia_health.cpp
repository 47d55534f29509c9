#include "app/sia_health.hpp"

#include "app/sia_trouble.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::app {
namespace {

using State = SiaFinding::State;

constexpr UnixMillis kMoment = 15'000;
constexpr std::string_view kWhere = "sia.indexd";

void judge(SiaFinding& finding, sia::Redundancy redundancy,
           const std::optional<AccountTrouble>& trouble) {
    const auto set = [&](std::string cause, std::string remedy) {
        finding.state = State::degraded;
        finding.cause = std::move(cause);
        finding.remedy = std::move(remedy);
    };
    if (finding.account && finding.account->remaining_storage < redundancy.slab_bytes())
        set("The quota with indexd is used up: uploads to Sia wait",
            "Raise the quota of the connect key in indexd, or the account's limit");
    else if (finding.good_hosts < redundancy.total)
        set(fmt::format("Only {} hosts take uploads, and sia.total_shards needs {}: uploads to "
                        "Sia wait",
                        finding.good_hosts, redundancy.total),
            "Let indexd form contracts with more hosts (PUT /settings/contracts: enabled, "
            "wantedContracts), and see that its wallet has funds");
    else if (trouble &&
             (finding.reads_suffer || finding.good_hosts < redundancy.total + trouble->hosts))
        set(trouble->cause, trouble->remedy);
    else
        finding.state = State::ok;
}

}  // namespace

std::string_view to_string(State state) {
    switch (state) {
        case State::ok:
            return "ok";
        case State::degraded:
            return "degraded";
        case State::down:
            return "down";
        case State::unknown:
            break;
    }
    return "unknown";
}

Task<SiaFinding> SiaHealth::examine() {
    SiaFinding finding;
    auto account = co_await link_.client().account();
    if (!account) {
        finding.state = State::down;
        finding.cause = account.error().message;
        finding.remedy = remedy_for(account.error().failure, kWhere);
        co_return finding;
    }
    finding.account = *std::move(account);
    const auto hosts = co_await link_.client().hosts();
    if (!hosts) {
        finding.state = State::down;
        finding.cause = hosts.error().message;
        finding.remedy = remedy_for(sia::indexd::Failure::unreachable, kWhere);
        co_return finding;
    }
    finding.hosts = hosts->size();
    finding.good_hosts = static_cast<std::size_t>(
        std::ranges::count_if(*hosts, [](const auto& view) { return view.host.good_for_upload; }));
    const auto trouble = account_trouble(*hosts);
    const auto redundancy = link_.redundancy();
    if (trouble) finding.refusing_hosts = trouble->hosts;
    finding.reads_suffer = finding.refusing_hosts > redundancy.total - redundancy.data;
    judge(finding, redundancy, trouble);
    co_return finding;
}

Task<void> SiaHealth::ask() {
    auto finding = co_await examine();
    finding.asked_at = clock_.now();
    const std::scoped_lock guard(mutex_);
    last_ = std::move(finding);
}

Task<void> SiaHealth::ask_now_and_then() {
    if (clock_.now() - last().asked_at >= kMoment) co_await ask();
}

SiaFinding SiaHealth::last() const {
    const std::scoped_lock guard(mutex_);
    return last_;
}

SiaFinding with_pinning(SiaFinding finding, const store::PinStatus& status) {
    if (finding.state == State::down || finding.state == State::degraded) return finding;
    if (status.last_error.empty()) return finding;
    finding.state = State::degraded;
    finding.cause = "Uploads to Sia fail and wait: " + status.last_error;
    finding.remedy =
        status.last_error.find("not enough funds") == std::string::npos
            ? "See `siahub admin doctor`, and the log of indexd"
            : "Send Siacoin to the wallet of indexd; it refills the accounts on hosts by itself";
    return finding;
}

SiaFinding with_snapshots(SiaFinding finding, const KeeperStatus& status) {
    if (finding.state == State::down || finding.state == State::degraded) return finding;
    if (status.last_error.empty()) return finding;
    finding.state = State::degraded;
    finding.cause = "The catalogue cannot be kept on Sia: " + status.last_error;
    finding.remedy = "See `siahub sia doctor`; `siahub admin snapshot` tries it again at once";
    return finding;
}

}  // namespace siahub::app
