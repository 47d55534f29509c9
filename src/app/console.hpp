#pragma once
// Where the console's files are, and what is answered where no route is.

#include "cas/console_files.hpp"
#include "config/config.hpp"
#include "http/server.hpp"

#include <optional>

namespace siahub::app {

// Nothing: the API alone. not_found: settings name a directory that holds no console.
Result<std::optional<cas::ConsoleFiles>> open_console(const config::Config& config);

// What process.hpp's hub_fallback says, and before it the console's pages; null: there is none.
http::Server::Fallback console_fallback(const cas::ConsoleFiles* console);

}  // namespace siahub::app
