#include "app/admin_hub.hpp"
#include "app/configure.hpp"
#include "core/run_task.hpp"
#include "hub/passwords.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

using hub::Naming;

int create_user(const CommandSpec&, const Arguments& arguments) {
    auto hub = AdminHub::open(arguments);
    if (!hub) return failure(hub.error());
    const auto made =
        run_task((*hub)->accounts().create_user({.name = arguments.argument(0),
                                                 .fullname = arguments.flag_or("--fullname", ""),
                                                 .email = arguments.flag_or("--email", ""),
                                                 .is_admin = arguments.has("--admin"),
                                                 .reuse_name = arguments.has("--reuse-name")},
                                                Naming::any));
    if (!made) return failure(made.error());
    fmt::print("created user {}\n", made->name);
    return 0;
}

int list_users(const CommandSpec&, const Arguments& arguments) {
    auto hub = AdminHub::open(arguments);
    if (!hub) return failure(hub.error());
    const auto accounts = run_task((*hub)->accounts().list());
    if (!accounts) return failure(accounts.error());
    fmt::print("NAME\tKIND\tFULLNAME\tEMAIL\tCREATED\n");
    for (const auto& account : *accounts)
        fmt::print("{}\t{}\t{}\t{}\t{}\n", account.name, account.is_org ? "org" : "user",
                   account.fullname, account.email, to_iso8601(account.created_at));
    return 0;
}

Result<std::string> reset_link(const Arguments& arguments) {
    const auto config = TRY(configure(arguments, config::kAdmin));
    const auto hub = TRY(AdminHub::open(arguments));
    const auto account = TRY(run_task(hub->accounts().find(arguments.argument(0))));
    if (account.is_org) return fail(Code::not_found, account.name + " is an organisation");
    const auto link = TRY(run_task(
        hub::insert_reset_link(hub->database(), account.id, account.name, hub->clock().now())));
    const auto& public_url = config.server.public_url;
    const auto hub_url = public_url.empty() ? "http://" + config.server.listen.text() : public_url;
    return arguments.flag_or("--url", hub_url) + "/reset?token=" + link.token;
}

int reset_user(const CommandSpec&, const Arguments& arguments) {
    const auto link = reset_link(arguments);
    if (!link) return failure(link.error());
    fmt::print("{}\n", *link);
    return 0;
}

// USER:ROLE. Names may hold colons, roles do not.
Result<hub::NewMember> parse_member(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0)
        return fail(Code::invalid_argument, "a member is USER:ROLE, not \"" + text + "\"");
    const auto role = hub::parse_org_role(std::string_view(text).substr(colon + 1));
    if (!role)
        return fail(Code::invalid_argument,
                    "a role is one of read, contributor, write, admin, not \"" +
                        text.substr(colon + 1) + "\"");
    return hub::NewMember{text.substr(0, colon), *role};
}

Result<std::vector<hub::NewMember>> parse_members(const std::vector<std::string>& texts) {
    std::vector<hub::NewMember> members;
    members.reserve(texts.size());
    for (const auto& text : texts)
        members.push_back(TRY(parse_member(text)));
    return members;
}

int create_org(const CommandSpec& spec, const Arguments& arguments) {
    const auto members = parse_members(arguments.flags("--member"));
    if (!members) return usage_failure(spec, members.error().message);
    auto hub = AdminHub::open(arguments);
    if (!hub) return failure(hub.error());
    const auto made =
        run_task((*hub)->accounts().create_org({.name = arguments.argument(0),
                                                .fullname = arguments.flag_or("--fullname", ""),
                                                .email = "",
                                                .is_admin = false,
                                                .reuse_name = arguments.has("--reuse-name")},
                                               *members, Naming::any));
    if (!made) return failure(made.error());
    fmt::print("created organisation {}\n", made->name);
    return 0;
}

int set_member(const CommandSpec& spec, const Arguments& arguments) {
    const auto member = parse_member(arguments.argument(1));
    if (!member) return usage_failure(spec, member.error().message);
    auto hub = AdminHub::open(arguments);
    if (!hub) return failure(hub.error());
    return finish(run_task((*hub)->accounts().set_member(arguments.argument(0), *member)));
}

}  // namespace

std::vector<Command> account_commands() {
    const FlagSpec fullname{.name = "--fullname", .value = "TEXT", .help = "shown beside the name"};
    const FlagSpec reuse{
        .name = "--reuse-name", .value = "", .help = "also one that somebody had who is deleted"};
    return {
        {{.name = "admin user create",
          .arguments = {"NAME"},
          .summary = "Makes a user",
          .flags =
              admin_flags({fullname,
                           reuse,
                           {.name = "--email", .value = "ADDRESS", .help = "stands in his commits"},
                           {.name = "--admin", .value = "", .help = "he may administer the hub"}})},
         create_user},
        {{.name = "admin user reset",
          .arguments = {"NAME"},
          .summary = "Prints a link by which a user sets a new password, once, within a day",
          .flags = admin_flags({{.name = "--url",
                                 .value = "URL",
                                 .help = "the hub's address, where the settings do not say it"}})},
         reset_user},
        {{.name = "admin user list",
          .arguments = {},
          .summary = "Lists users and organisations",
          .flags = admin_flags({})},
         list_users},
        {{.name = "admin org create",
          .arguments = {"NAME"},
          .summary = "Makes an organisation",
          .flags = admin_flags({fullname,
                                reuse,
                                {.name = "--member",
                                 .value = "USER:ROLE",
                                 .help = "read, contributor, write or admin",
                                 .repeats = true}})},
         create_org},
        {{.name = "admin org member",
          .arguments = {"ORG", "USER:ROLE"},
          .summary = "Adds a member to an organisation or changes his role",
          .flags = admin_flags({})},
         set_member},
    };
}

}  // namespace siahub::app
