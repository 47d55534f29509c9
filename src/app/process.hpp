#pragma once
// What every role does to become a server process and to end as one.

#include "config/config.hpp"
#include "http/server.hpp"
#include "net/io_threads.hpp"

#include <string>
#include <vector>

namespace siahub::app {

std::vector<asio::any_io_executor> executors_of(net::IoThreads& io);
// What no route answers: browsers ask before they send keys or ranges to another origin; all else
// is an error in the form of the Hub API.
http::Response hub_fallback(const http::Request& request, unsigned status);
http::ServerOptions server_options(const config::Server& server);
// Keys that this process made for itself would be another hub's: they have to be there.
Result<void> require_shared_keys(const config::Config& config);
std::size_t io_thread_count(const config::Server& server);
// Prints the address that it listens on; scripts read it from this line.
void announce(std::string_view role, const config::Address& bound);
// How the first administrator begins.
void announce_setup_link(const std::string& url);
void announce_metrics(const config::Address& bound);
// Says on standard error why the process ends; its exit code.
int refuse(const std::string& why);

}  // namespace siahub::app
