#include "app/dependencies.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <sys/statvfs.h>

namespace siahub::app {
namespace {

using http::Finding;
using State = http::Finding::State;

// Less than a few uploads need.
constexpr std::uint64_t kNearlyFull = 256UL * 1024 * 1024;

Finding finding(State state, std::string cause) {
    return {.state = state, .cause = std::move(cause), .latency = {}};
}

// The one table that every role may read.
Task<Finding> ask_database(db::Database& database, std::int64_t key) {
    const auto answer =
        co_await database.query("SELECT COUNT(*) FROM schema_migrations WHERE version = $1", {key});
    co_return answer ? Finding{} : finding(State::down, answer.error().message);
}

Task<Finding> ask_origin_at_home(http::Client& client, http::Origin origin) {
    http::ClientRequest request;
    request.method = "HEAD";
    request.origin = std::move(origin);
    const auto answer = co_await client.send(std::move(request));
    co_return answer ? Finding{} : finding(State::down, answer.error().message);
}

Task<Finding> ask_origin(http::Client& client, http::Origin origin, asio::any_io_executor home) {
    co_return co_await asio::co_spawn(home, ask_origin_at_home(client, std::move(origin)),
                                      asio::use_awaitable);
}

Task<Finding> ask_redis(const kv::SharedState& shared) {
    const auto status = shared.redis();
    if (!status) co_return Finding{};
    co_return Finding{.state = status->ok ? State::ok : State::down,
                      .cause = status->error,
                      .latency = status->latency};
}

Task<Finding> ask_disk(const std::filesystem::path& directory) {
    struct statvfs status{};
    if (::statvfs(directory.c_str(), &status) != 0)
        co_return finding(State::down, fmt::format("{}: {}", directory.string(),
                                                   std::generic_category().message(errno)));
    const auto free = std::uint64_t{status.f_bavail} * status.f_frsize;
    if (free >= kNearlyFull) co_return Finding{};
    co_return finding(State::degraded,
                      fmt::format("{} has {} MiB left", directory.string(), free / 1024 / 1024));
}

}  // namespace

http::Readiness::Check database_check(db::Database& database) {
    // Another key each time: an answer out of a cache would say nothing about the database.
    auto key = std::make_shared<std::atomic<std::int64_t>>(0);
    return [&database, key] { return ask_database(database, -++*key); };
}

http::Readiness::Check origin_check(http::Client& client, http::Origin origin,
                                    asio::any_io_executor home) {
    return [&client, origin = std::move(origin), home = std::move(home)] {
        return ask_origin(client, origin, home);
    };
}

http::Readiness::Check redis_check(const kv::SharedState& shared) {
    return [&shared] { return ask_redis(shared); };
}

http::Readiness::Check disk_check(std::filesystem::path directory) {
    const auto shared = std::make_shared<const std::filesystem::path>(std::move(directory));
    return [shared] { return ask_disk(*shared); };
}

}  // namespace siahub::app
