#pragma once
// What handlers work with, wired by app/serve. References to objects that outlive the server.

#include "cas/memory.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/metrics.hpp"
#include "core/task.hpp"
#include "core/task_group.hpp"
#include "kv/rate.hpp"
#include "xet/hash.hpp"

#include <chrono>
#include <functional>
#include <vector>

namespace siahub::hub {
class Access;
class Accounts;
class Authenticator;
class Changes;
class Commits;
class Figures;
class Files;
class History;
class Listing;
class Mirrors;
class Preupload;
class Refs;
class Repos;
class StorageView;
class Traffic;
class TreeListing;
class TreeStore;
class Usage;
}  // namespace siahub::hub

namespace siahub::store {
struct Store;
}  // namespace siahub::store

namespace siahub::db {
class Database;
}  // namespace siahub::db

namespace siahub::kv {
class RateLimiter;
}  // namespace siahub::kv

namespace siahub::http {
class Client;
}

namespace siahub::cas {

class ConsoleFiles;
class Operation;
class SiaAdmin;
struct SignIn;

struct Lifetimes {
    std::chrono::seconds signed_url{15 * 60};
    std::chrono::seconds xet_token{15 * 60};  // clients refresh 30 to 60 s before the end
    std::chrono::seconds lfs_upload{60 * 60};
};

// Per address of strangers and of wrong keys, and per key.
struct Limits {
    kv::Rate anonymous, wrong_key, key;
};

// Requests that met them.
struct Refusals {
    Counter anonymous, wrong_key, key, sign_in;
};

struct Services {
    const Clock& clock;
    const Log& log;
    db::Database& database;
    store::Store& store;
    hub::Authenticator& authenticator;
    hub::Accounts& accounts;
    hub::Access& access;
    hub::Repos& repos;
    hub::Listing& listing;
    hub::TreeStore& trees;
    hub::TreeListing& tree_listing;
    hub::Files& files;
    hub::Refs& refs;
    hub::Commits& commits;
    hub::History& history;
    hub::Preupload& preupload;
    hub::Traffic& traffic;
    hub::Mirrors& mirrors;
    hub::Figures& figures;
    hub::Changes& changes;
    hub::StorageView& storage;
    hub::Usage& usage;
    kv::RateLimiter& limiter;
    Memory& memory;
    Refusals& refusals;
    TaskGroup& background;
    Lifetimes lifetimes;
    Limits limits;
    std::string gateway_url;                // where signed links lead; empty: here
    const ConsoleFiles* console = nullptr;  // null: this process serves the API alone
    Operation* operation = nullptr;         // never null where there are routes
    const SignIn* sign_in = nullptr;        // never null once it serves
    SiaAdmin* sia = nullptr;                // null: this hub keeps nothing on Sia
    // Where uploads are acknowledged when they are on Sia: returns when these are.
    std::function<Task<Result<void>>(std::vector<xet::Hash>)> until_pinned{};
    http::Client* peers = nullptr;  // to the other nodes; null: this process is the only one
};

}  // namespace siahub::cas
