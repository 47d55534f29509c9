#include "app/console.hpp"

#include "app/process.hpp"

#include <filesystem>

namespace siahub::app {
namespace {

namespace fs = std::filesystem;

// As it lies in a source tree beside build/, and as it is installed.
Result<std::optional<cas::ConsoleFiles>> find_console(std::string_view gateway) {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    if (error) return std::nullopt;
    const auto above = program.parent_path().parent_path();
    for (const auto* place : {"console/dist", "share/siahub/console"})
        if (auto found = cas::ConsoleFiles::open(above / place, gateway)) return *std::move(found);
    return std::nullopt;
}

}  // namespace

Result<std::optional<cas::ConsoleFiles>> open_console(const config::Config& config) {
    if (config.console == "off") return std::nullopt;
    if (config.console.empty()) return find_console(config.gateway.url);
    return TRY(cas::ConsoleFiles::open(config.console, config.gateway.url));
}

http::Server::Fallback console_fallback(const cas::ConsoleFiles* console) {
    if (console == nullptr) return hub_fallback;
    return [console](const http::Request& request, unsigned status) {
        if (status == 404)
            if (auto answer = console->answer(request)) return *std::move(answer);
        return hub_fallback(request, status);
    };
}

}  // namespace siahub::app
