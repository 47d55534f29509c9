#include "app/serve_options.hpp"

#include "app/data_dir.hpp"

namespace siahub::app {
namespace {

constexpr std::int64_t kMaxPort = 65535;
constexpr std::int64_t kMaxThreads = 1024;
constexpr std::int64_t kMaxTtl = std::int64_t{7} * 24 * 3600;

// "127.0.0.1:8470", "[::1]:8470", "localhost:0".
Result<void> parse_listen(std::string_view text, ServeOptions& options) {
    const auto colon = text.rfind(':');
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (colon == std::string_view::npos || host.empty())
        return fail(Code::invalid_argument,
                    "--listen: HOST:PORT, not \"" + std::string(text) + "\"");
    options.host = host;
    options.port = static_cast<std::uint16_t>(
        TRY(parse_number("--listen: port", text.substr(colon + 1), 0, kMaxPort)));
    return {};
}

Result<Log::Level> parse_log_level(std::string_view word) {
    if (word == "debug") return Log::Level::debug;
    if (word == "info") return Log::Level::info;
    if (word == "warn") return Log::Level::warn;
    if (word == "error") return Log::Level::error;
    if (word == "off") return Log::Level::off;
    return fail(Code::invalid_argument, "--log-level: one of debug, info, warn, error, off");
}

}  // namespace

CommandSpec serve_spec() {
    return {.name = "serve",
            .arguments = {},
            .summary = "Runs a hub: everything on one port, data in one directory",
            .flags = {
                {.name = "--data",
                 .value = "DIR",
                 .help = "where everything is stored (default: ~/.local/share/siahub)"},
                {.name = "--listen",
                 .value = "HOST:PORT",
                 .help = "address to serve (default: 127.0.0.1:8470); port 0: a free one"},
                {.name = "--threads", .value = "N", .help = "I/O threads (default: one per core)"},
                {.name = "--signed-url-ttl",
                 .value = "SECONDS",
                 .help = "how long download links stay valid (default: 3600)"},
                {.name = "--log-level",
                 .value = "LEVEL",
                 .help = "debug, info (default), warn, error or off"}}};
}

Result<ServeOptions> parse_serve_options(const Arguments& arguments) {
    ServeOptions options;
    options.data_dir = arguments.flag_or("--data", default_data_dir().string());
    if (options.data_dir.empty()) return fail(Code::invalid_argument, "--data is empty");
    if (const auto listen = arguments.flag("--listen")) TRY(parse_listen(*listen, options));
    if (const auto threads = arguments.flag("--threads"))
        options.threads =
            static_cast<std::size_t>(TRY(parse_number("--threads", *threads, 1, kMaxThreads)));
    if (const auto ttl = arguments.flag("--signed-url-ttl"))
        options.signed_url_ttl =
            std::chrono::seconds(TRY(parse_number("--signed-url-ttl", *ttl, 1, kMaxTtl)));
    if (const auto level = arguments.flag("--log-level"))
        options.log_level = TRY(parse_log_level(*level));
    return options;
}

}  // namespace siahub::app
