#include "app/sia_trouble.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::app {
namespace {

using sia::HostFault;
using sia::indexd::Failure;

struct Complaint {
    HostFault fault;
    std::string_view what, remedy;
};
constexpr std::array kComplaints{
    Complaint{HostFault::token_expired, "say that the token of this account has expired",
              "Set the clock of this machine (NTP): it is more than five minutes behind"},
    Complaint{HostFault::token_refused, "refuse the token of this account",
              "Compare sia.app_key with the key that indexd knows: siahub sia account"},
    Complaint{
        HostFault::not_enough_funds, "say that this account has not enough funds",
        "Send Siacoin to the wallet of indexd, and see that its contracts have funds left; it "
        "refills accounts on hosts by itself, those of a new or deleted app key excepted"},
};

}  // namespace

std::string remedy_for(Failure failure, std::string_view where) {
    switch (failure) {
        case Failure::unreachable:
        case Failure::timed_out:
            return fmt::format("Start indexd, and check that {} is its application API", where);
        case Failure::bad_answer:
            return fmt::format(
                "Check that {} is indexd's application API, not its admin API or another server",
                where);
        case Failure::bad_signature:
            return fmt::format(
                "Set the clocks of both machines, and compare {} with "
                "applicationAPI.advertiseURL of indexd; sia.advertised (on the "
                "command line --advertised) gives it another name",
                where);
        case Failure::unknown_key:
            return fmt::format(
                "Check that {} is the indexd where this app key was registered. If it was never "
                "registered there, or its account was deleted: siahub sia connect (with "
                "--phrase-file for the same key again) or siahub sia register. What a deleted "
                "account had stored is lost; siahub admin fsck --mend stores again what the hub "
                "still has",
                where);
        default:
            return "Look into the log of indexd";
    }
}

std::optional<AccountTrouble> account_trouble(const std::vector<sia::HostPool::View>& hosts) {
    std::optional<AccountTrouble> worst;
    for (const auto& complaint : kComplaints) {
        const auto count = static_cast<std::size_t>(
            std::ranges::count(hosts, std::optional(complaint.fault), &sia::HostPool::View::fault));
        if (count == 0 || (worst && worst->hosts >= count)) continue;
        worst = {complaint.fault, count,
                 fmt::format("{} of {} hosts {}", count, hosts.size(), complaint.what),
                 std::string(complaint.remedy)};
    }
    return worst;
}

}  // namespace siahub::app
