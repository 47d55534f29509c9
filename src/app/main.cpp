#include "app/admin_backup.hpp"
#include "app/admin_doctor.hpp"
#include "app/admin_fsck.hpp"
#include "app/admin_hub.hpp"
#include "app/configure.hpp"
#include "app/gateway_role.hpp"
#include "app/hf_proxy.hpp"
#include "app/migrate.hpp"
#include "app/serve.hpp"
#include "app/sia_commands.hpp"
#include "app/version.hpp"

#include <exception>

using namespace siahub::app;

int main(int argc, char** argv) {
    try {
        std::vector<Command> commands{serve_command(),    cas_command(),     gateway_command(),
                                      hf_proxy_command(), migrate_command(), doctor_command(),
                                      fsck_command()};
        for (auto&& group :
             {account_commands(), removal_commands(), key_commands(), node_commands(),
              signing_commands(), backup_commands(), sia_commands(), config_commands()})
            commands.insert(commands.end(), group.begin(), group.end());
        const std::vector<std::string> words(argv + 1, argv + argc);
        return run_command(commands, words, version());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "siahub: %s\n", error.what());
        return kExitFailure;
    }
}
