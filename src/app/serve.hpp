#pragma once
// `siahub serve`: every role in one process.

#include "core/log.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace siahub::app {

struct ServeOptions {
    std::filesystem::path data_dir;
    std::string host = "127.0.0.1";
    std::uint16_t port = 8470;  // 0: one that is free
    std::size_t threads = 0;    // 0: one per core
    std::chrono::seconds signed_url_ttl{3600};
    Log::Level log_level = Log::Level::info;
};

// Blocks until SIGINT or SIGTERM. The exit code of the program; says on standard error why it is
// not 0.
int serve(const ServeOptions& options);

}  // namespace siahub::app
