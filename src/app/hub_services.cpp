#include "app/hub_services.hpp"

#include "app/data_dir.hpp"
#include "app/open_database.hpp"
#include "app/version.hpp"
#include "core/run_task.hpp"

#include <thread>

namespace siahub::app {

namespace {

constexpr std::size_t kDiskThreads = 4;

std::size_t compute_threads() {
    return std::max(1U, std::thread::hardware_concurrency());
}

void log_exception(const Log& log, std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::exception& exception) {
        log.error("background.threw", {{"cause", exception.what()}});
    }
}

std::unique_ptr<store::Store> open_store(db::Database& database, store::Pools pools,
                                         const Clock& clock, const Log& log,
                                         const config::Config& config) {
    store::StoreOptions store_options;
    store_options.data = config.data;
    store_options.keys = config.keys_file();
    store_options.wanted_on_sia = !config.sia.indexd.empty();
    store_options.shared = !config.cluster.url.empty();
    auto store = run_task(store::Store::open(database, pools, clock, log, store_options));
    if (!store) throw std::runtime_error(store.error().message);
    return *std::move(store);
}

hub::ForeignObjects foreign_objects(const config::Config& config) {
    return config.accept_foreign_objects ? hub::ForeignObjects::accept
                                         : hub::ForeignObjects::refuse;
}

std::optional<hub::SessionShare> share_sessions(kv::SharedState& shared,
                                                const store::Store& store) {
    if (shared.sessions() == nullptr) return std::nullopt;
    return hub::SessionShare(*shared.sessions(), store.keys);
}

// Tokens of a bucket that come back at a rate; a bucket holds one at least.
kv::Rate rate_of(double per_second, double burst) {
    if (per_second <= 0) return {};
    constexpr double longest_ms = 1e12;
    const auto requests = std::clamp(burst, 1.0, 1e9);
    const auto window = std::clamp(requests / per_second * 1000, 1.0, longest_ms);
    return {.requests = static_cast<std::uint32_t>(requests),
            .window = std::chrono::milliseconds(static_cast<std::int64_t>(window))};
}

cas::Limits limits_of(const config::Limits& limits) {
    return {.anonymous = rate_of(limits.anonymous_per_second, limits.anonymous_burst),
            .wrong_key = rate_of(limits.wrong_key_per_second, limits.wrong_key_burst),
            .key = rate_of(limits.key_per_second, limits.key_burst)};
}

// Behind one address there may be several people.
constexpr double kAddressFactor = 4;
constexpr double kSecondsPerMinute = 60;

kv::Rate sign_in_rate(const config::Limits& limits, double factor) {
    return rate_of(limits.sign_in_per_minute * factor / kSecondsPerMinute,
                   limits.sign_in_burst * factor);
}

hub::SessionLife session_life(const config::SignIn& settings) {
    return {.idle = settings.session_idle, .most = settings.session_life};
}

}  // namespace

Result<std::unique_ptr<HubServices>> HubServices::open(const config::Config& config,
                                                       const Clock& clock, const Log& log,
                                                       kv::SharedState& shared) {
    TRY(prepare_data_dir(config.data));
    auto database = TRY(open_database(config, clock, log));
    try {
        return std::make_unique<HubServices>(config, clock, log, shared, std::move(database));
    } catch (const std::runtime_error& failure) {
        return fail(Code::unavailable, failure.what());
    }
}

HubServices::HubServices(const config::Config& config, const Clock& clock, const Log& log,
                         kv::SharedState& shared, std::unique_ptr<db::Database> database)
    : config_(config),
      clock_(clock),
      log_(log),
      shared_(shared),
      database_(std::move(database)),
      compute_(compute_threads()),
      disk_(kDiskThreads),
      store_(open_store(*database_, {compute_, disk_}, clock, log, config)),
      session_share_(share_sessions(shared, *store_)),
      authenticator_(*database_, clock, session_share_ ? &*session_share_ : nullptr,
                     session_life(config.sign_in)),
      sessions_(*database_, clock, authenticator_, session_life(config.sign_in)),
      accounts_(*database_, clock),
      keys_(*database_, clock),
      hasher_(compute_),
      passwords_(*database_, clock, hasher_, sessions_),
      invitations_(*database_, clock, accounts_),
      sign_ups_(*database_, clock, hasher_, invitations_, config.sign_in.open_registration),
      users_(*database_, clock, authenticator_, sessions_),
      removal_(*database_, clock, &authenticator_),
      devices_(*database_, clock, keys_),
      identities_(*database_, clock),
      oauth_states_(*database_, clock),
      sign_in_{.sessions = sessions_,
               .passwords = passwords_,
               .sign_ups = sign_ups_,
               .invitations = invitations_,
               .keys = keys_,
               .users = users_,
               .removal = removal_,
               .devices = devices_,
               .identities = identities_,
               .oauth_states = oauth_states_,
               .per_account = sign_in_rate(config.limits, 1),
               .per_address = sign_in_rate(config.limits, kAddressFactor),
               .version = std::string(version())},
      access_(*database_),
      listing_(*database_),
      trees_(*database_, kTreeCacheBytes),
      history_(*database_),
      refs_(*database_, clock),
      files_(*database_, *store_, clock, kFileCacheBytes, foreign_objects(config)),
      tree_listing_(trees_, files_, history_),
      preupload_(trees_, files_),
      commits_(*database_, trees_, files_, refs_, history_, clock),
      repos_(*database_, access_, commits_, clock),
      traffic_(*database_, clock),
      mirrors_(*database_, clock),
      figures_(*database_, clock),
      changes_(trees_, files_, history_, *store_),
      storage_(*database_, clock),
      usage_(*database_, clock),
      background_([&log](std::exception_ptr failure) { log_exception(log, std::move(failure)); }) {}

HubServices::~HubServices() {
    compute_.stop();
    disk_.stop();
}

cas::Services HubServices::services() {
    cas::Lifetimes lifetimes;
    lifetimes.signed_url = config_.gateway.link_life;
    return {.clock = clock_,
            .log = log_,
            .database = *database_,
            .store = *store_,
            .authenticator = authenticator_,
            .accounts = accounts_,
            .access = access_,
            .repos = repos_,
            .listing = listing_,
            .trees = trees_,
            .tree_listing = tree_listing_,
            .files = files_,
            .refs = refs_,
            .commits = commits_,
            .history = history_,
            .preupload = preupload_,
            .traffic = traffic_,
            .mirrors = mirrors_,
            .figures = figures_,
            .changes = changes_,
            .storage = storage_,
            .usage = usage_,
            .limiter = shared_.limiter(),
            .memory = memory_,
            .refusals = refusals_,
            .background = background_,
            .lifetimes = lifetimes,
            .limits = limits_of(config_.limits),
            .gateway_url = config_.gateway.url,
            .sign_in = &sign_in_};
}

}  // namespace siahub::app
