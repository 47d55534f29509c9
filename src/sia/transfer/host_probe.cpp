#include "sia/transfer/host_probe.hpp"

#include "sia/merkle.hpp"
#include "sia/transfer/children.hpp"

namespace siahub::sia {
namespace {

using SteadyClock = std::chrono::steady_clock;

Task<void> ask(HostPool& pool, PublicKey host) {
    static_cast<void>(co_await pool.read(host, Hash256{}, 0, kLeafSize));
}

Task<bool> ask_all(HostPool& pool, Children& children, TimePoint deadline) {
    for (const auto& view : pool.view())
        children.start(ask(pool, view.host.key));
    while (children.running() > 0 && SteadyClock::now() < deadline)
        co_await children.sleep_until(deadline);
    co_return true;
}

}  // namespace

Task<void> probe_hosts(HostPool& pool, std::chrono::milliseconds patience) {
    Children children(co_await asio::this_coro::executor);
    co_await children.around(ask_all(pool, children, SteadyClock::now() + patience));
}

}  // namespace siahub::sia
