#include "config/settings.hpp"

#include "config/fields.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace siahub::config {
namespace {

using std::chrono::seconds;
using Text = std::string_view;

constexpr unsigned kServers = kServe | kCas | kGateway | kHfProxy;
constexpr unsigned kHub = kServe | kCas;
constexpr unsigned kStorage = kServe | kCas | kGateway;
constexpr unsigned kData = kStorage | kAdmin | kSia;

constexpr std::uint64_t kMinCache = std::uint64_t{256} << 20;

// clang-format off
constexpr auto kSettings = std::to_array<Setting>({
        {.key = "data", .flag = "--data", .value = "DIR",
         .help = "where everything is stored",
         .more = "Made with mode 0700 when it is not there. Holds the embedded database, bodies, "
                 "temporary files and, unless set elsewhere, signing keys and cache. `cas` and "
                 "`gateway` each need one of their own.",
         .roles = kData, .secret = false,
         .set = [](Config& c, Text t) { return set_path(c.data, t); },
         .show = [](const Config& c) { return c.data.string(); }},
        {.key = "listen", .flag = "--listen", .value = "HOST:PORT",
         .help = "address to serve; port 0: a free one",
         .more = "",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) -> Result<void> { c.server.listen = TRY(parse_address(t)); return {}; },
         .show = [](const Config& c) { return c.server.listen.text(); }},
        {.key = "public_url", .flag = "--public-url", .value = "URL",
         .help = "how clients reach this process; empty: as each request says",
         .more = "Links in answers begin with it. Without it they begin with the address that the "
                 "request was sent to, or that a trusted proxy says it was sent to.",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_origin(c.server.public_url, t); },
         .show = [](const Config& c) { return c.server.public_url; }},
        {.key = "trusted_proxies", .flag = "--trusted-proxies", .value = "NETWORKS",
         .help = "reverse proxies whose X-Forwarded-* headers count",
         .more = "Addresses or networks. From anybody else those headers mean nothing.",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_networks(c.server.trusted_proxies, t); },
         .show = [](const Config& c) { return show_networks(c.server.trusted_proxies); }},
        {.key = "threads", .flag = "--threads", .value = "N",
         .help = "I/O threads; 0: one per core",
         .more = "",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_count(c.server.threads, t, 0, 1024); },
         .show = [](const Config& c) { return std::to_string(c.server.threads); }},
        {.key = "max_connections", .flag = "--max-connections", .value = "N",
         .help = "client connections at once; more are answered 503",
         .more = "",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_count(c.server.max_connections, t, 1, 1'000'000); },
         .show = [](const Config& c) { return std::to_string(c.server.max_connections); }},
        {.key = "drain", .flag = "--drain", .value = "TIME",
         .help = "how long requests in flight may take after SIGTERM",
         .more = "While it drains, `/ready` answers 503 and no connection is accepted. What is left after this "
                 "time is cut, and a second signal ends the process at once.",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_duration(c.server.drain, t, seconds(0), std::chrono::hours(1)); },
         .show = [](const Config& c) { return show_duration(c.server.drain); }},
        {.key = "drain_delay", .flag = "--drain-delay", .value = "TIME",
         .help = "how long to go on accepting connections after SIGTERM",
         .more = "For a reverse proxy that has to see `/ready` fail before it sends requests elsewhere.",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_duration(c.server.drain_delay, t, seconds(0), std::chrono::hours(1)); },
         .show = [](const Config& c) { return show_duration(c.server.drain_delay); }},
        {.key = "metrics_listen", .flag = "--metrics-listen", .value = "HOST:PORT",
         .help = "address to serve metrics at; port 0: a free one; empty: none",
         .more = "`/metrics` for Prometheus, and `/health` and `/ready`, which also says there why something "
                 "is not ready. Whoever reaches this address may read all of it: keep it from the public.",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_optional_address(c.server.metrics, t); },
         .show = [](const Config& c) { return show_optional_address(c.server.metrics); }},
        {.key = "signing_keys", .flag = "--signing-keys", .value = "FILE",
         .help = "secrets of links and tokens; empty: \"keys\" in the data directory",
         .more = "All processes of a hub share this file's content. A change takes effect without a restart; "
                 "the key before the newest stays valid (`siahub admin signing rotate`).",
         .roles = kServers | kAdmin, .secret = false,
         .set = [](Config& c, Text t) { return set_path(c.keys, t); },
         .show = [](const Config& c) { return c.keys.string(); }},
        {.key = "console", .flag = "--console", .value = "DIR",
         .help = "built files of the console; empty: found beside the program; off: none",
         .more = "Looked for in `../console/dist` and `../share/siahub/console` from the program on. Where there are "
                 "none this process serves the API alone.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) -> Result<void> { c.console = std::string(t); return {}; },
         .show = [](const Config& c) { return c.console; }},
        {.key = "accept_foreign_objects", .flag = "--accept-foreign-objects", .value = "BOOL",
         .help = "commits may name large files that this hub never received",
         .more = "For a hub behind `siahub hf-proxy`, whose large files lie in another hub's storage.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_bool(c.accept_foreign_objects, t); },
         .show = [](const Config& c) { return show_bool(c.accept_foreign_objects); }},
        {.key = "log.level", .flag = "--log-level", .value = "LEVEL",
         .help = "debug, info, warn, error or off",
         .more = "",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_level(c.log.level, t); },
         .show = [](const Config& c) { return show_level(c.log.level); }},
        {.key = "log.format", .flag = "--log-format", .value = "FORMAT",
         .help = "json or logfmt",
         .more = "",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_format(c.log.format, t); },
         .show = [](const Config& c) { return show_format(c.log.format); }},
        {.key = "log.requests", .flag = "--log-requests", .value = "BOOL",
         .help = "a line for every request, at level info",
         .more = "",
         .roles = kServers, .secret = false,
         .set = [](Config& c, Text t) { return set_bool(c.log.requests, t); },
         .show = [](const Config& c) { return show_bool(c.log.requests); }},
        {.key = "database.url", .flag = "--database-url", .value = "URL",
         .help = "a PostgreSQL database; empty: SQLite in the data directory",
         .more = "All libpq parameters may follow as a query, `?sslmode=verify-full&passfile=…` for instance. "
                 "One `siahub serve` per database: a second one would take the bodies on the first "
                 "one's disk for lost.",
         .roles = kData, .secret = true,
         .set = [](Config& c, Text t) { return set_database(c.database.url, t); },
         .show = [](const Config& c) { return c.database.url; }},
        {.key = "database.connections", .flag = "--database-connections", .value = "N",
         .help = "connections of this process to PostgreSQL, at most",
         .more = "",
         .roles = kStorage, .secret = false,
         .set = [](Config& c, Text t) { return set_count(c.database.connections, t, 1, 1000); },
         .show = [](const Config& c) { return std::to_string(c.database.connections); }},
        {.key = "database.timeout", .flag = "--database-timeout", .value = "TIME",
         .help = "how long one statement may take on PostgreSQL",
         .more = "A server that has said nothing for a few seconds longer is taken to be gone.",
         .roles = kStorage, .secret = false,
         .set = [](Config& c, Text t) { return set_duration(c.database.timeout, t, seconds(1), std::chrono::hours(1)); },
         .show = [](const Config& c) { return show_duration(c.database.timeout); }},
        {.key = "redis.url", .flag = "--redis-url", .value = "URL",
         .help = "a Redis for limits and caches that processes share; empty: in the process",
         .more = "When it is away the hub goes on with limits and caches of its own per process, and "
                 "`/ready` says so.",
         .roles = kHub, .secret = true,
         .set = [](Config& c, Text t) { return set_redis(c.redis.url, t); },
         .show = [](const Config& c) { return c.redis.url; }},
        {.key = "gateway.url", .flag = "--gateway-url", .value = "URL",
         .help = "how clients reach the gateways",
         .more = "The public address: download links begin with it.",
         .roles = kCas, .secret = false,
         .set = [](Config& c, Text t) { return set_origin(c.gateway.url, t); },
         .show = [](const Config& c) { return c.gateway.url; }},
        {.key = "gateway.link_life", .flag = "--signed-url-ttl", .value = "TIME",
         .help = "how long download links stay valid",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_duration(c.gateway.link_life, t, seconds(1), std::chrono::days(7)); },
         .show = [](const Config& c) { return show_duration(c.gateway.link_life); }},
        {.key = "cache.dir", .flag = "--cache-dir", .value = "DIR",
         .help = "where fetched bodies are kept; empty: \"cache\" in the data directory",
         .more = "In `serve` and `cas`: what comes back from Sia.",
         .roles = kStorage, .secret = false,
         .set = [](Config& c, Text t) { return set_path(c.cache.dir, t); },
         .show = [](const Config& c) { return c.cache.dir.string(); }},
        {.key = "cache.size", .flag = "--cache-size", .value = "SIZE",
         .help = "how much disk fetched bodies may take",
         .more = "Those used longest ago go first.",
         .roles = kStorage, .secret = false,
         .set = [](Config& c, Text t) -> Result<void> {
             const auto size = TRY(parse_size(t));
             if (size < kMinCache) return fail(Code::invalid_argument, "must be at least " + show_size(kMinCache));
             c.cache.size = size;
             return {};
         },
         .show = [](const Config& c) { return show_size(c.cache.size); }},
        {.key = "cluster.url", .flag = "--cluster-url", .value = "URL",
         .help = "how the other processes of this hub reach this one",
         .more = "An address inside the deployment, not the public one: the gateways fetch bodies that "
                 "lie on this process's disk from it.",
         .roles = kCas, .secret = false,
         .set = [](Config& c, Text t) { return set_origin(c.cluster.url, t); },
         .show = [](const Config& c) { return c.cluster.url; }},
        {.key = "limits.anonymous_per_second", .flag = "--limit-anonymous", .value = "N",
         .help = "requests per second of one address without a key; 0: no limit",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_rate(c.limits.anonymous_per_second, t); },
         .show = [](const Config& c) { return show_rate(c.limits.anonymous_per_second); }},
        {.key = "limits.anonymous_burst", .flag = "--limit-anonymous-burst", .value = "N",
         .help = "how many of them at once after a pause",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_rate(c.limits.anonymous_burst, t); },
         .show = [](const Config& c) { return show_rate(c.limits.anonymous_burst); }},
        {.key = "limits.wrong_key_per_second", .flag = "--limit-wrong-key", .value = "N",
         .help = "wrong keys per second from one address; 0: no limit",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_rate(c.limits.wrong_key_per_second, t); },
         .show = [](const Config& c) { return show_rate(c.limits.wrong_key_per_second); }},
        {.key = "limits.wrong_key_burst", .flag = "--limit-wrong-key-burst", .value = "N",
         .help = "how many of them at once after a pause",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_rate(c.limits.wrong_key_burst, t); },
         .show = [](const Config& c) { return show_rate(c.limits.wrong_key_burst); }},
        {.key = "limits.key_per_second", .flag = "--limit-key", .value = "N",
         .help = "API requests per second with one key; 0: no limit",
         .more = "Transfers of bytes with Xet tokens or signed links do not count.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_rate(c.limits.key_per_second, t); },
         .show = [](const Config& c) { return show_rate(c.limits.key_per_second); }},
        {.key = "limits.key_burst", .flag = "--limit-key-burst", .value = "N",
         .help = "how many of them at once after a pause",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_rate(c.limits.key_burst, t); },
         .show = [](const Config& c) { return show_rate(c.limits.key_burst); }},
        {.key = "limits.sign_in_per_minute", .flag = "--limit-sign-in", .value = "N",
         .help = "attempts per minute to sign in to one account; 0: no limit",
         .more = "One address may try four times as often, for all accounts together. Links and codes that stand "
                 "for a password count, too.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_rate(c.limits.sign_in_per_minute, t); },
         .show = [](const Config& c) { return show_rate(c.limits.sign_in_per_minute); }},
        {.key = "limits.sign_in_burst", .flag = "--limit-sign-in-burst", .value = "N",
         .help = "how many of them at once after a pause",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_rate(c.limits.sign_in_burst, t); },
         .show = [](const Config& c) { return show_rate(c.limits.sign_in_burst); }},
        {.key = "sign_in.open_registration", .flag = "--open-registration", .value = "BOOL",
         .help = "whether strangers may make accounts; else they need an invitation",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_bool(c.sign_in.open_registration, t); },
         .show = [](const Config& c) { return show_bool(c.sign_in.open_registration); }},
        {.key = "sign_in.session_idle", .flag = "--session-idle", .value = "TIME",
         .help = "after how long without use somebody has to sign in again",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_duration(c.sign_in.session_idle, t, std::chrono::minutes(5), std::chrono::days(366)); },
         .show = [](const Config& c) { return show_duration(c.sign_in.session_idle); }},
        {.key = "sign_in.session_life", .flag = "--session-life", .value = "TIME",
         .help = "after how long somebody has to sign in again however much the hub is used",
         .more = "",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_duration(c.sign_in.session_life, t, std::chrono::minutes(5), std::chrono::days(3660)); },
         .show = [](const Config& c) { return show_duration(c.sign_in.session_life); }},
        {.key = "sia.indexd", .flag = "--sia-indexd", .value = "URL",
         .help = "indexd's application API; empty: bodies stay on this disk",
         .more = "With it, what is uploaded goes to the Sia network (docs/sia.md).",
         .roles = kStorage | kSia, .secret = false,
         .set = [](Config& c, Text t) { return set_origin(c.sia.indexd, t); },
         .show = [](const Config& c) { return c.sia.indexd; }},
        {.key = "sia.advertised", .flag = "--sia-advertised", .value = "HOST[:PORT]",
         .help = "what indexd calls itself, where that is not the address above",
         .more = "The host of indexd's `applicationAPI.advertiseURL`: requests are signed for it.",
         .roles = kStorage | kSia, .secret = false,
         .set = [](Config& c, Text t) -> Result<void> { c.sia.advertised = std::string(t); return {}; },
         .show = [](const Config& c) { return c.sia.advertised; }},
        {.key = "sia.app_key", .flag = "--sia-app-key", .value = "HEX",
         .help = "the key of this hub's account with indexd: a seed of 64 hex digits",
         .more = "Whoever has it can read and delete everything that the hub keeps on Sia; without it nobody can "
                 "read anything. Keep a copy elsewhere.",
         .roles = kStorage | kSia, .secret = true,
         .set = [](Config& c, Text t) { return set_sia_key(c.sia.app_key, t); },
         .show = [](const Config& c) { return c.sia.app_key; }},
        {.key = "sia.admin_url", .flag = "--sia-admin-url", .value = "URL",
         .help = "indexd's admin API, for what the console shows of wallet and contracts; empty: nothing",
         .more = "With its path: the stock daemon has it at `http://127.0.0.1:9980/api`.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) -> Result<void> { c.sia.admin_url = std::string(t); return {}; },
         .show = [](const Config& c) { return c.sia.admin_url; }},
        {.key = "sia.admin_password", .flag = "--sia-admin-password", .value = "PASSWORD",
         .help = "password of indexd's admin API",
         .more = "",
         .roles = kHub, .secret = true,
         .set = [](Config& c, Text t) -> Result<void> { c.sia.admin_password = std::string(t); return {}; },
         .show = [](const Config& c) { return c.sia.admin_password; }},
        {.key = "sia.data_shards", .flag = "--sia-data-shards", .value = "N",
         .help = "of how many hosts' shares any piece can be rebuilt",
         .more = "Of new uploads; what is there stays readable. 16 of 35 makes a slab exactly as large as a full xorb; "
                 "4 of 14 suits a small test network.",
         .roles = kStorage | kSia, .secret = false,
         .set = [](Config& c, Text t) { return set_count(c.sia.data_shards, t, 1, 255); },
         .show = [](const Config& c) { return std::to_string(c.sia.data_shards); }},
        {.key = "sia.total_shards", .flag = "--sia-total-shards", .value = "N",
         .help = "on how many hosts every piece is spread",
         .more = "What is stored takes `total_shards / data_shards` times its size, between 1.5 and 4 times.",
         .roles = kStorage | kSia, .secret = false,
         .set = [](Config& c, Text t) { return set_count(c.sia.total_shards, t, 2, 256); },
         .show = [](const Config& c) { return std::to_string(c.sia.total_shards); }},
        {.key = "sia.pack_wait", .flag = "--sia-pack-wait", .value = "TIME",
         .help = "how long what does not fill a slab waits for more",
         .more = "Slabs cost the same whether they are full or not.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_duration(c.sia.pack_wait, t, seconds(0), std::chrono::days(1)); },
         .show = [](const Config& c) { return show_duration(c.sia.pack_wait); }},
        {.key = "sia.local_size", .flag = "--sia-local-size", .value = "SIZE",
         .help = "how much disk bodies may take before those on Sia are removed here",
         .more = "Those read longest ago go first. What is not on Sia yet stays, however much that is.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) -> Result<void> { c.sia.local_size = TRY(parse_size(t)); return {}; },
         .show = [](const Config& c) { return show_size(c.sia.local_size); }},
        {.key = "sia.ack", .flag = "--sia-ack", .value = "WHEN",
         .help = "when an upload is acknowledged: local or sia",
         .more = "`local`: when it is safe on this disk. `sia`: when every byte of it is on Sia too; the client waits "
                 "meanwhile.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) -> Result<void> {
             if (t != "local" && t != "sia") return fail(Code::invalid_argument, "must be local or sia");
             c.sia.ack_on_sia = t == "sia";
             return {};
         },
         .show = [](const Config& c) { return std::string(c.sia.ack_on_sia ? "sia" : "local"); }},
        {.key = "sia.snapshot_every", .flag = "--sia-snapshot-every", .value = "TIME",
         .help = "how often the catalogue goes to Sia as well",
         .more = "With a snapshot and the app key alone a hub can be made again (`siahub admin restore --from-sia`). Each "
                 "takes what has changed since the one before, and at least one slab; none is made while nothing changes.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_duration(c.sia.snapshot_every, t, seconds(1), std::chrono::days(7)); },
         .show = [](const Config& c) { return show_duration(c.sia.snapshot_every); }},
        {.key = "sia.snapshot_after", .flag = "--sia-snapshot-after", .value = "N",
         .help = "after how many new bodies on Sia it goes there sooner",
         .more = "But not sooner than a twelfth of the time above.",
         .roles = kHub, .secret = false,
         .set = [](Config& c, Text t) { return set_count(c.sia.snapshot_after, t, 1, 1'000'000); },
         .show = [](const Config& c) { return std::to_string(c.sia.snapshot_after); }},
        {.key = "sia.snapshots", .flag = "--sia-snapshots", .value = "N",
         .help = "how many snapshots of the catalogue are kept on Sia",
         .more = "",
         .roles = kHub | kSia, .secret = false,
         .set = [](Config& c, Text t) { return set_count(c.sia.snapshots, t, 2, 1000); },
         .show = [](const Config& c) { return std::to_string(c.sia.snapshots); }},
        {.key = "proxy.upstream", .flag = "--upstream", .value = "URL",
         .help = "the hub that keeps the repositories",
         .more = "",
         .roles = kHfProxy, .secret = false,
         .set = [](Config& c, Text t) { return set_origin(c.proxy.upstream, t); },
         .show = [](const Config& c) { return c.proxy.upstream; }},
        {.key = "proxy.cas", .flag = "--cas", .value = "URL",
         .help = "the SiaHub that takes the large files",
         .more = "",
         .roles = kHfProxy, .secret = false,
         .set = [](Config& c, Text t) { return set_origin(c.proxy.cas, t); },
         .show = [](const Config& c) { return c.proxy.cas; }},
        {.key = "proxy.upstream_ca", .flag = "--upstream-ca", .value = "FILE",
         .help = "certificates to trust for the upstream; empty: the system's",
         .more = "",
         .roles = kHfProxy, .secret = false,
         .set = [](Config& c, Text t) { return set_path(c.proxy.upstream_ca, t); },
         .show = [](const Config& c) { return c.proxy.upstream_ca.string(); }},
});
// clang-format on

std::size_t distance(Text a, Text b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row.back();
}

constexpr std::size_t kNear = 4;

}  // namespace

std::span<const Setting> all_settings() {
    return kSettings;
}

const Setting* find_setting(std::string_view key) {
    const auto* const found = std::ranges::find(kSettings, key, &Setting::key);
    return found == kSettings.end() ? nullptr : found;
}

std::string environment_name(const Setting& setting) {
    std::string name = "SIAHUB_";
    for (const char c : setting.key)
        name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

const Setting* nearest_setting(std::string_view key) {
    const auto* const near = std::ranges::min_element(
        kSettings, {}, [key](const Setting& setting) { return distance(setting.key, key); });
    return distance(near->key, key) <= kNear ? near : nullptr;
}

}  // namespace siahub::config
