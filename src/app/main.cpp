#include "app/admin_hub.hpp"

#include <exception>

int main(int argc, char** argv) {
    using namespace siahub::app;
    try {
        std::vector<Command> commands;
        for (auto& command : account_commands())
            commands.push_back(std::move(command));
        for (auto& command : key_commands())
            commands.push_back(std::move(command));
        const std::vector<std::string> words(argv + 1, argv + argc);
        return run_command(commands, words, SIAHUB_VERSION);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "siahub: %s\n", error.what());
        return kExitFailure;
    }
}
