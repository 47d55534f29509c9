#include "app/admin_hub.hpp"
#include "core/run_task.hpp"

#include <array>

#include <fmt/format.h>

namespace siahub::app {
namespace {

constexpr UnixMillis kDay = 24LL * 3600 * 1000;
constexpr std::int64_t kMaxDays = 36500;

struct KeyRequest {
    hub::KeyScope scope = hub::KeyScope::write;
    std::string label;
    std::optional<std::int64_t> days;
};

Result<KeyRequest> parse_key_request(const Arguments& arguments) {
    KeyRequest request;
    const auto scope = hub::parse_key_scope(arguments.flag_or("--scope", "write"));
    if (!scope) return fail(Code::invalid_argument, "--scope: one of read, write, admin");
    request.scope = *scope;
    request.label = arguments.flag_or("--label", "command line");
    if (const auto days = arguments.flag("--expires-in"))
        request.days = TRY(parse_number("--expires-in", *days, 1, kMaxDays));
    return request;
}

Result<hub::Account> find_user(AdminHub& hub, const Arguments& arguments) {
    return run_task(hub.accounts().find(*arguments.flag("--user")));
}

// An admin key does what administrators may: only theirs counts as one.
Result<void> promote_holder(AdminHub& hub, const hub::NewKey& key) {
    if (key.scope != hub::KeyScope::admin) return {};
    return run_task(hub.accounts().make_admin(key.user_id));
}

Result<hub::NewKey> new_key(AdminHub& hub, const Arguments& arguments, const KeyRequest& request) {
    const auto user = TRY(find_user(hub, arguments));
    hub::NewKey key;
    key.user_id = user.id;
    key.scope = request.scope;
    key.label = request.label;
    if (request.days) key.expires_at = hub.clock().now() + *request.days * kDay;
    return key;
}

// The first line of standard input.
std::string read_line() {
    std::string line;
    std::array<char, 4096> buffer{};
    if (std::fgets(buffer.data(), static_cast<int>(buffer.size()), stdin) != nullptr)
        line = buffer.data();
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.pop_back();
    return line;
}

Result<void> create(const Arguments& arguments, const KeyRequest& request) {
    const auto hub = TRY(AdminHub::open(arguments));
    auto key = TRY(new_key(*hub, arguments, request));
    TRY(promote_holder(*hub, key));
    const auto issued = TRY(run_task(hub->keys().create(std::move(key))));
    fmt::print("{}\n", issued.text);
    return {};
}

Result<void> import(const Arguments& arguments, const KeyRequest& request) {
    const auto hub = TRY(AdminHub::open(arguments));
    auto wanted = TRY(new_key(*hub, arguments, request));
    TRY(promote_holder(*hub, wanted));
    const auto key = TRY(run_task(hub->keys().import(std::move(wanted), read_line())));
    fmt::print("imported key {}… of {}\n", key.prefix, *arguments.flag("--user"));
    return {};
}

std::string shown(std::optional<UnixMillis> time) {
    return time ? to_iso8601(*time) : "never";
}

Result<void> list(const Arguments& arguments) {
    const auto hub = TRY(AdminHub::open(arguments));
    const auto user = TRY(find_user(*hub, arguments));
    const auto keys = TRY(run_task(hub->keys().list(user.id)));
    fmt::print("ID\tKEY\tSCOPE\tLABEL\tCREATED\tEXPIRES\tLAST USED\n");
    for (const auto& key : keys)
        fmt::print("{}\t{}…\t{}\t{}\t{}\t{}\t{}\n", key.id, key.prefix, to_string(key.scope),
                   key.label, to_iso8601(key.created_at), shown(key.expires_at),
                   shown(key.last_used_at));
    return {};
}

Result<void> revoke(const Arguments& arguments, RowId id) {
    const auto hub = TRY(AdminHub::open(arguments));
    const auto user = TRY(find_user(*hub, arguments));
    TRY(run_task(hub->keys().revoke(user.id, id)));
    return {};
}

template <Result<void> (*act)(const Arguments&, const KeyRequest&)>
int with_request(const CommandSpec& spec, const Arguments& arguments) {
    const auto request = parse_key_request(arguments);
    if (!request) return usage_failure(spec, request.error().message);
    return finish(act(arguments, *request));
}

int run_list(const CommandSpec&, const Arguments& arguments) {
    return finish(list(arguments));
}

int run_revoke(const CommandSpec& spec, const Arguments& arguments) {
    const auto id = parse_number("ID", arguments.argument(0), 1, INT64_MAX);
    if (!id) return usage_failure(spec, id.error().message);
    return finish(revoke(arguments, *id));
}

}  // namespace

std::vector<Command> key_commands() {
    const FlagSpec user{.name = "--user", .value = "NAME", .help = "whose key", .required = true};
    const FlagSpec scope{
        .name = "--scope",
        .value = "SCOPE",
        .help = "read, write (default) or admin, which makes its user an administrator"};
    const FlagSpec label{.name = "--label", .value = "TEXT", .help = "shown in lists"};
    const FlagSpec expiry{.name = "--expires-in",
                          .value = "DAYS",
                          .help = "until when it is good (default: for ever)"};
    return {
        {{.name = "admin key create",
          .arguments = {},
          .summary = "Makes an API key and prints it, once",
          .flags = admin_flags({user, scope, label, expiry})},
         with_request<create>},
        {{.name = "admin key import",
          .arguments = {},
          .summary = "Takes an API key from standard input",
          .flags = admin_flags({user, scope, label, expiry})},
         with_request<import>},
        {{.name = "admin key list",
          .arguments = {},
          .summary = "Lists the API keys of a user",
          .flags = admin_flags({user})},
         run_list},
        {{.name = "admin key revoke",
          .arguments = {"ID"},
          .summary = "Makes an API key worthless within seconds",
          .flags = admin_flags({user})},
         run_revoke},
    };
}

}  // namespace siahub::app
