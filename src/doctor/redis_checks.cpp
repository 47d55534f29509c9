#include "core/run_task.hpp"
#include "doctor/checks.hpp"
#include "kv/redis_client.hpp"
#include "net/io_threads.hpp"

#include <fmt/format.h>

namespace siahub::doctor {
namespace {

constexpr std::chrono::microseconds kSlow{20'000};

// "maxmemory_policy:noeviction\r\n"
std::string_view field(std::string_view info, std::string_view name) {
    for (std::size_t at = 0; at < info.size();) {
        const auto end = std::min(info.find("\r\n", at), info.size());
        const auto line = info.substr(at, end - at);
        if (line.starts_with(name) && line.substr(name.size()).starts_with(':'))
            return line.substr(name.size() + 1);
        at = end + 2;
    }
    return "";
}

Task<Result<kv::Reply>> ask_info(kv::RedisClient& client) {
    co_return co_await client.ask(kv::encode_command({"INFO"}));
}

}  // namespace

void judge_redis_info(std::string_view info, std::string_view address,
                      std::chrono::microseconds latency, Report& report) {
    const auto what =
        fmt::format("Redis {} at {}, answers in {:.1f} ms", field(info, "redis_version"), address,
                    static_cast<double>(latency.count()) / 1000);
    if (latency > kSlow)
        report.warning("redis.answers", what, "move Redis nearer to the hub");
    else
        report.ok("redis.answers", what);
    const auto policy = field(info, "maxmemory_policy");
    const auto limit = field(info, "maxmemory");
    if (policy == "noeviction" && limit != "0")
        report.warning("redis.eviction",
                       "memory is limited and nothing is evicted: when it is full, limits and "
                       "sessions fall back to each process",
                       "CONFIG SET maxmemory-policy volatile-ttl: every key of the hub has a TTL");
    else if (policy.starts_with("allkeys"))
        report.warning("redis.eviction", fmt::format("{} may evict locks that are held", policy),
                       "CONFIG SET maxmemory-policy volatile-ttl");
    else
        report.ok("redis.eviction", std::string(policy));
}

void check_redis(const Subject& subject, Report& report) {
    const auto& url = subject.config().redis.url;
    if (url.empty()) {
        report.ok("redis.reachable", "not used: limits and caches are in the process");
        return;
    }
    const auto address = kv::parse_redis_url(url);
    if (!address) {
        report.error("redis.reachable", address.error().message, "correct redis.url");
        return;
    }
    const Log log(Log::Level::off);
    net::IoThreads io(1);
    kv::RedisOptions options;
    options.address = *address;
    options.connect_deadline = options.reply_deadline = std::chrono::seconds(2);
    kv::RedisClient client(options, {io.context(0).get_executor()}, log);
    io.start();
    client.start();
    if (!client.usable()) {
        report.error("redis.reachable", client.status().error,
                     fmt::format("check redis.url (now {}) and that the server runs; until then "
                                 "each process limits by itself",
                                 address->shown()));
    } else {
        report.ok("redis.reachable", address->shown());
        const auto start = std::chrono::steady_clock::now();
        const auto info = run_task(ask_info(client));
        const auto time = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - start);
        if (info)
            judge_redis_info(info->text, address->shown(), time, report);
        else
            report.ok("redis.answers", "its version cannot be seen: " + info.error().message);
    }
    client.stop();
    io.stop();
}

}  // namespace siahub::doctor
