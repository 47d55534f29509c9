#include "app/admin_hub.hpp"
#include "app/serve_options.hpp"

#include <exception>

namespace {

using namespace siahub::app;

int run_serve(const CommandSpec& spec, const Arguments& arguments) {
    const auto options = parse_serve_options(arguments);
    if (!options) return usage_failure(spec, options.error().message);
    return serve(*options);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::vector<Command> commands{{serve_spec(), run_serve}};
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
