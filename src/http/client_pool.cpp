#include "http/client_pool.hpp"

#include <boost/asio/co_spawn.hpp>

namespace siahub::http {

namespace {

using std::chrono::milliseconds;

// Fine enough for the shortest timeout, never more often than a sweep is worth.
milliseconds sweep_interval(const ClientOptions& options) {
    const auto shortest = std::min({options.connect_timeout, options.head_timeout,
                                    options.stall_timeout, options.idle_timeout});
    return std::clamp(shortest / 4, milliseconds(5), milliseconds(500));
}

}  // namespace

net::ByteBudget& ClientShared::budget_of(const Origin& origin) {
    const std::lock_guard lock(mutex_);
    return budgets_.try_emplace(origin, options.max_requests_per_host).first->second;
}

ClientPool::ClientPool(asio::io_context& own_context, ClientShared& own_shared)
    : context(own_context),
      shared(own_shared),
      deadlines(own_context, sweep_interval(own_shared.options)) {}

void ClientPool::start() {
    asio::co_spawn(context, deadlines.run(),
                   [pass = net::Gate::Pass(shared.gate)](const std::exception_ptr&) {});
}

void ClientPool::stop() {
    stopped_ = true;
    idle_.clear();
    deadlines.stop();
}

std::unique_ptr<ClientConnection> ClientPool::take(const Origin& origin) {
    const auto found = idle_.find(origin);
    if (found == idle_.end()) return nullptr;
    auto& waiting = found->second;
    while (!waiting.empty()) {
        auto connection = std::move(waiting.back());
        waiting.pop_back();
        if (!connection->fit_for_reuse()) continue;
        connection->rest_until(net::Deadlines::kNever);
        return connection;
    }
    return nullptr;
}

Task<Result<std::unique_ptr<ClientConnection>>> ClientPool::connect(const Origin& origin) {
    auto connection = std::make_unique<ClientConnection>(context, deadlines, *shared.trust, origin,
                                                         shared.options);
    CO_TRY(co_await connection->connect());
    shared.connections_opened.fetch_add(1, std::memory_order_relaxed);
    co_return connection;
}

void ClientPool::put_back(std::unique_ptr<ClientConnection> connection) {
    if (stopped_) return;
    auto& waiting = idle_[connection->origin()];
    std::erase_if(waiting, [](const auto& idle) { return !idle->fit_for_reuse(); });
    if (waiting.size() >= shared.options.max_idle_per_host) return;
    connection->rest_until(std::chrono::steady_clock::now() + shared.options.idle_timeout);
    waiting.push_back(std::move(connection));
}

}  // namespace siahub::http
