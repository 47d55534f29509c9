#pragma once
// The effective configuration of a process, with its defaults. Every member is named by one entry
// of the table in settings.cpp; the roles pick what concerns them. Plain values, freely copied.

#include "config/network.hpp"
#include "core/log.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace siahub::config {

struct Server {
    Address listen{.host = "127.0.0.1", .port = 8470};
    std::size_t threads = 0;               // 0: one per core
    std::string public_url;                // empty: the address that the client used
    std::vector<Network> trusted_proxies;  // whose X-Forwarded-* headers count
    std::size_t max_connections = 4096;
    std::chrono::seconds drain{30};
    std::chrono::seconds drain_delay{0};
    Address metrics{.host = "", .port = 0};  // no host: off
};

struct Logging {
    Log::Level level = Log::Level::info;
    Log::Format format = Log::Format::json;
    bool requests = true;
};

struct Database {
    std::string url;  // empty: SQLite in the data directory
    std::size_t connections = 16;
    std::chrono::seconds timeout{60};  // of one statement
};

struct Redis {
    std::string url;  // empty: in this process
};

struct Gateway {
    std::string url;  // empty: this process is the gateway
    std::chrono::seconds link_life{3600};
};

struct Cache {
    std::filesystem::path dir;  // empty: "cache" in the data directory
    std::uint64_t size = std::uint64_t{10} << 30;
};

struct Cluster {
    std::string url;  // where other processes of this hub reach this one
};

struct Limits {
    double anonymous_per_second = 200;
    double anonymous_burst = 5000;
    double wrong_key_per_second = 2;
    double wrong_key_burst = 100;
    double key_per_second = 1000;  // far beyond what clients do
    double key_burst = 60'000;
    double sign_in_per_minute = 2;  // for one account
    double sign_in_burst = 20;
};

struct SignIn {
    bool open_registration = false;
    std::chrono::seconds session_idle{std::chrono::days(14)};
    std::chrono::seconds session_life{std::chrono::days(90)};
};

// An [[oauth]] of the file: another provider by which people sign in.
struct OauthProvider {
    std::string id, name;
    std::string kind = "oidc";  // or github
    std::string issuer;         // of GitHub: where it is
    std::string api_url;        // of GitHub: where it tells who somebody is
    std::string client_id, client_secret;
    bool sign_up = false;
};

struct Sia {
    std::string indexd;      // application API; empty: no Sia
    std::string advertised;  // what indexd calls itself, where that differs
    std::string app_key;     // seed in hex
    std::string admin_url;
    std::string admin_password;
    std::size_t data_shards = 10, total_shards = 30;
    std::chrono::seconds pack_wait{600};
    std::uint64_t local_size = std::uint64_t{100} << 30;  // of bodies that may go
    bool ack_on_sia = false;
    std::chrono::seconds snapshot_every{3600};
    std::size_t snapshot_after = 100;  // newly pinned bodies
    std::size_t snapshots = 5;         // kept
};

struct Proxy {
    std::string upstream;
    std::string cas;
    std::filesystem::path upstream_ca;  // empty: the system's
};

struct Config {
    std::filesystem::path data;
    std::filesystem::path keys;  // empty: "keys" in the data directory
    std::string console;         // directory; empty: found beside the program; "off": none
    Server server;
    Logging log;
    Database database;
    Redis redis;
    Gateway gateway;
    Cache cache;
    Cluster cluster;
    Limits limits;
    SignIn sign_in;
    std::vector<OauthProvider> oauth;
    Sia sia;
    Proxy proxy;
    bool accept_foreign_objects = false;

    [[nodiscard]] std::filesystem::path keys_file() const {
        return keys.empty() ? data / "keys" : keys;
    }
    [[nodiscard]] std::filesystem::path cache_dir() const {
        return cache.dir.empty() ? data / "cache" : cache.dir;
    }
};

}  // namespace siahub::config
