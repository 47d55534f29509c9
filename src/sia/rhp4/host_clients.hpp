#pragma once
// Calls to hosts over siamux: the HostTransport of the real network. Each host has one connection
// (host_link.hpp). A call that finds its connection broken before any of the answer came is made
// once more over a new one: connections die unnoticed while they are idle, and every call may be
// repeated. A call that is given up on a connection over which nothing moves any more takes the
// connection with it. Data of a read goes from the packets straight into the answer.
//
// Used on one executor that runs one handler at a time. stop() there ends all connections; before
// the object goes away their tasks must have ended too: run the executor until it has no work, or
// call wait() from another thread.

#include "core/clock.hpp"
#include "sia/rhp4/answers.hpp"
#include "sia/rhp4/host_link.hpp"
#include "sia/transfer/host_transport.hpp"

#include <map>

namespace siahub::sia::rhp4 {

struct ClientOptions {
    mux::ConnectionOptions connection = {};
    HostLink::Limits limits = {};
    std::chrono::seconds token_validity = std::chrono::minutes(5);
    // Nothing moved for so long when a call was given up: the connection is dead.
    std::chrono::milliseconds silence = std::chrono::seconds(10);
};

class HostClients final : public HostTransport {
  public:
    // `account` pays. `deadlines` run on `executor`; they and `clock` outlive the object.
    HostClients(asio::any_io_executor executor, net::Deadlines& deadlines,
                const Ed25519PrivateKey& account, const Clock& clock, ClientOptions options = {});
    ~HostClients() override;

    Task<HostResult<HostPrices>> prices(const Host& host) override;
    Task<HostResult<Hash256>> write_sector(const Host& host, const HostPrices& prices,
                                           ByteView sector) override;
    Task<HostResult<SectorRead>> read_sector(const Host& host, const HostPrices& prices,
                                             const Hash256& root, std::uint64_t offset,
                                             std::uint64_t length) override;

    // All that the host says of itself; the signature of its prices is checked.
    Task<HostResult<HostSettings>> settings(const Host& host);
    // What the account has left there, in hastings.
    Task<HostResult<Currency>> balance(const Host& host);

    // Connections made so far, to all hosts: more than hosts means that some broke or were idle.
    [[nodiscard]] std::uint64_t dialled() const;

    void stop();
    void wait() { gate_.wait(); }

  private:
    // What goes over a stream, and where the answer goes.
    struct Call {
        ByteView request;
        ByteView data;  // follows the request
        Answer& answer;
        std::span<std::byte> rest;  // follows an answer that is no refusal
    };

    Task<HostResult<void>> perform(const Host& host, Call call);
    Task<Result<void>> attempts(const Host& host, Call call);
    Task<Result<void>> exchange(std::shared_ptr<mux::Connection> connection, Call call);
    HostLink& link_of(const PublicKey& host);
    [[nodiscard]] AccountToken token_for(const PublicKey& host) const;

    net::Gate gate_;
    const mux::Connection::Home home_;
    const Ed25519PrivateKey account_;
    const PublicKey account_key_;
    const Clock& clock_;
    const ClientOptions options_;
    std::map<PublicKey, std::unique_ptr<HostLink>> links_;
    bool stopped_ = false;
};

}  // namespace siahub::sia::rhp4
