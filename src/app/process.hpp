#pragma once
// What every role does to become a server process and to end as one.

#include "config/config.hpp"
#include "http/server.hpp"

#include <string>

namespace siahub::app {

http::ServerOptions server_options(const config::Server& server);
std::size_t io_thread_count(const config::Server& server);
// Prints the address that it listens on; scripts read it from this line.
void announce(std::string_view role, const config::Address& bound);
// Blocks until SIGINT or SIGTERM.
void wait_for_signal();
// Says on standard error why the process ends; its exit code.
int refuse(const std::string& why);

}  // namespace siahub::app
