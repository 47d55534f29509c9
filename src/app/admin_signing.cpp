#include "app/admin_hub.hpp"
#include "app/configure.hpp"
#include "auth/key_ring.hpp"

#include <fmt/format.h>

namespace siahub::app {
namespace {

Result<void> create(const Arguments& arguments) {
    const auto config = TRY(configure(arguments, config::kAdmin));
    const auto file = config.keys_file();
    if (std::filesystem::exists(file))
        return fail(Code::conflict, "There is a key file already: " + file.string() +
                                        "; `siahub admin signing rotate` makes new keys");
    TRY(auth::KeyRing::open(file));
    fmt::print("{}\nGive every process of the hub this file: it signs links and tokens.\n",
               file.string());
    return {};
}

int run_create(const CommandSpec&, const Arguments& arguments) {
    return finish(create(arguments));
}

Result<void> rotate(const Arguments& arguments) {
    const auto config = TRY(configure(arguments, config::kAdmin));
    const auto file = config.keys_file();
    if (!std::filesystem::exists(file))
        return fail(Code::not_found, "There is no key file " + file.string() +
                                         "; `siahub admin signing create` makes one");
    TRY(auth::KeyRing::rotate(file));
    fmt::print(
        "New links and tokens are signed with a new key. Those of the previous key stay valid, "
        "those of the one before it end now.\n");
    return {};
}

int run_rotate(const CommandSpec&, const Arguments& arguments) {
    return finish(rotate(arguments));
}

}  // namespace

std::vector<Command> signing_commands() {
    return {{{.name = "admin signing create",
              .arguments = {},
              .summary = "Makes the keys that all processes of a hub share, in a file",
              .flags = admin_flags({})},
             run_create},
            {{.name = "admin signing rotate",
              .arguments = {},
              .summary = "Signs links and tokens with a new key; running processes follow",
              .flags = admin_flags({})},
             run_rotate}};
}

}  // namespace siahub::app
