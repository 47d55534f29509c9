#include "app/admin_hub.hpp"
#include "core/run_task.hpp"
#include "hub/account_removal.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string orgs_of(const hub::AccountLoss& loss) {
    std::string text;
    for (const auto& org : loss.orgs)
        text.append(text.empty() ? "" : ", ").append(org.account.name);
    return text;
}

void print_loss(const hub::AccountLoss& loss) {
    const auto invitations = counted(loss.invitations, "open invitation", "open invitations");
    if (loss.account.is_org) {
        fmt::print("deleting the organisation {} ends {} and {}\n", loss.account.name,
                   counted(loss.members, "membership", "memberships"), invitations);
    } else {
        fmt::print(
            "deleting the user {} ends {}, {}, {} and {}\n", loss.account.name,
            counted(loss.keys, "key", "keys"), counted(loss.sessions, "session", "sessions"),
            counted(loss.ways_in, "account of another provider", "accounts of other providers"),
            invitations);
        if (!loss.orgs.empty()) fmt::print("member of: {}\n", orgs_of(loss));
    }
    if (loss.repositories > 0)
        fmt::print("owns {}\n", counted(loss.repositories, "repository", "repositories"));
}

// Those that naming an heir does away with are no reason to stop.
Result<void> check_hindrances(const hub::AccountLoss& loss, bool has_heir) {
    for (const auto& [what, why] : loss.hindrances)
        if (what != hub::Obstacle::owns_repositories || !has_heir) return fail(Code::conflict, why);
    return {};
}

Result<hub::Account> find_account(AdminHub& hub, const std::string& name, bool is_org) {
    auto account = TRY(run_task(hub.accounts().find(name)));
    if (account.is_org == is_org) return account;
    return fail(Code::not_found, name + (account.is_org ? " is an organisation" : " is a user"));
}

Result<std::optional<hub::Namespace>> find_heir(AdminHub& hub, const Arguments& arguments) {
    const auto name = arguments.flag("--move-repositories-to");
    if (!name) return std::nullopt;
    const auto account = TRY(run_task(hub.accounts().find(*name)));
    return hub::Namespace{account.id, account.name};
}

Result<void> remove(const Arguments& arguments, bool is_org) {
    const auto hub = TRY(AdminHub::open(arguments));
    hub::AccountRemoval removal(hub->database(), hub->clock(), nullptr);
    auto account = TRY(find_account(*hub, arguments.argument(0), is_org));
    auto heir = TRY(find_heir(*hub, arguments));
    const auto loss = TRY(run_task(removal.preview(account, 0)));
    print_loss(loss);
    TRY(check_hindrances(loss, heir.has_value()));
    if (!arguments.has("--yes"))
        return fail(Code::precondition_failed, "nothing is deleted yet; add --yes to do it");
    const auto hindrances =
        TRY(run_task(removal.remove({.account = account, .by = 0, .heir = std::move(heir)})));
    if (!hindrances.empty()) return fail(Code::conflict, hindrances.front().why);
    fmt::print("deleted {}\n", account.name);
    return {};
}

template <bool is_org>
int run(const CommandSpec&, const Arguments& arguments) {
    return finish(remove(arguments, is_org));
}

}  // namespace

std::vector<Command> removal_commands() {
    const std::vector<FlagSpec> flags{
        {.name = "--move-repositories-to",
         .value = "NAME",
         .help = "the user or organisation that gets the repositories"},
        {.name = "--yes", .value = "", .help = "without it, only what would go is said"}};
    return {{{.name = "admin user delete",
              .arguments = {"NAME"},
              .summary = "Deletes a user with his keys, sessions and memberships",
              .flags = admin_flags(flags)},
             run<false>},
            {{.name = "admin org delete",
              .arguments = {"NAME"},
              .summary = "Deletes an organisation with its memberships",
              .flags = admin_flags(flags)},
             run<true>}};
}

}  // namespace siahub::app
