#pragma once
// /admin/sia/…: what a console shows of Sia, as JSON, for holders of an admin key. What is
// shown comes from whoever runs Sia in this process, behind an interface, because handlers know
// nothing of hosts and contracts.

#include "cas/endpoint.hpp"
#include "store/remote_bodies.hpp"

#include <boost/json/value.hpp>

namespace siahub::cas {

class SiaAdmin {
  public:
    virtual ~SiaAdmin() = default;
    using Json = Task<Result<boost::json::value>>;

    // Hosts that can be used; nothing before the first list of them.
    [[nodiscard]] virtual std::optional<std::size_t> host_count() const = 0;

    // State, cause and remedy, account, how pinning goes.
    virtual Json overview() = 0;
    // How many bodies are in which state, and the latest failures.
    virtual Json queue() = 0;
    virtual Json hosts() = 0;
    // Of one xorb: not_found when Sia was never meant for it.
    virtual Json xorb(xet::Hash xorb) = 0;
    // Which hosts hold which share of these xorbs together.
    virtual Json shares(std::vector<xet::Hash> xorbs) = 0;
    // The slabs of these xorbs, and the hosts' shares of them together.
    virtual Json placement(std::vector<xet::Hash> xorbs) = 0;
    // Of a pinned xorb; nothing for an object that does not parse.
    [[nodiscard]] virtual std::optional<std::size_t> slab_count(
        const store::RemoteObject& object) const = 0;
    // Of indexd: not_found where the hub was not told its admin API.
    virtual Json wallet() = 0;
    virtual Json contracts() = 0;
};

Answer sia_overview(Call& call);
Answer sia_queue(Call& call);
Answer sia_hosts(Call& call);
Answer sia_wallet(Call& call);
Answer sia_contracts(Call& call);
Answer sia_xorb(Call& call);
Answer sia_file(Call& call);
Answer sia_retry(Call& call);  // POST /admin/sia/queue/{xorb}/retry

}  // namespace siahub::cas
