#pragma once
// A storage host for tests: listens on loopback, shakes hands as the acceptor of siamux, answers
// RHP4 with real bytes, keeps sectors in memory, and does wrong when told to. Lives on one
// io_context; stop() there, run the context to its end, then destroy. Faults may be changed at any
// time on that context and hold for the calls that begin afterwards.

#include "core/clock.hpp"
#include "sia/host.hpp"
#include "sia/mux/connection.hpp"
#include "sia/rhp4/answers.hpp"

#include <limits>
#include <map>

namespace siahub::sia::testing {

struct HostFaults {
    enum class Wrong {
        nothing,
        bytes,     // one bit of the data
        proof,     // one bit of it
        root,      // of a written sector
        length,    // one leaf less than asked for
        price,     // the signature of the prices
        nonsense,  // an answer that does not parse
        stall,     // no answer
        half,      // half an answer, then nothing
        reset,     // half an answer, then the connection is gone
        close,     // no answer, and the stream is closed
    };
    Wrong wrong = Wrong::nothing;
    // Instead of doing it.
    std::optional<rhp4::Refusal> refusal = std::nullopt;
    // Before every answer.
    std::chrono::milliseconds delay{0};
    // For so many calls, then the host is honest again.
    int calls = std::numeric_limits<int>::max();
    bool reads = true, writes = true, settings = true;
};

class TestHost {
  public:
    using Wrong = HostFaults::Wrong;

    // `seed` makes the key.
    TestHost(asio::io_context& context, net::Deadlines& deadlines, int seed,
             mux::ConnectionOptions options = {});

    // Port 0: any.
    void start(std::uint16_t port = 0);
    void stop();
    void drop_connections();

    [[nodiscard]] Host host() const;
    [[nodiscard]] std::uint16_t port() const { return port_; }

    HostFaults faults;
    std::map<Hash256, Bytes> sectors;
    std::int64_t prices_valid_until = 4'000'000'000;
    const Clock* clock = nullptr;  // of the host; without one tokens never expire
    std::size_t max_sectors = 1000;
    // What happened.
    std::size_t dialled = 0, settings_calls = 0, reads = 0, writes = 0;
    std::uint64_t bytes_read = 0;

  private:
    using StreamPtr = std::unique_ptr<mux::Stream>;

    Task<void> accept_loop(net::Gate::Pass pass);
    Task<void> shake_hands(net::Gate::Pass pass, asio::ip::tcp::socket socket);
    void begin(StreamPtr stream);
    Task<void> serve(net::Gate::Pass pass, StreamPtr stream);

    Task<Result<void>> answer(mux::Stream& stream);
    Task<Result<void>> answer_settings(mux::Stream& stream);
    Task<Result<void>> answer_balance(mux::Stream& stream);
    Task<Result<void>> answer_write(mux::Stream& stream);
    Task<Result<void>> answer_read(mux::Stream& stream);
    Task<Result<void>> send_range(mux::Stream& stream, const HostFaults& fault, ByteView sector,
                                  const rhp4::ReadSectorRequest& request);
    Task<Result<void>> refuse(mux::Stream& stream, rhp4::Refusal refusal);
    // An answer in two parts, or what is to become of it.
    Task<Result<void>> send(mux::Stream& stream, const HostFaults& fault, Bytes object, Bytes data);

    // The faults of one call of this kind.
    HostFaults take_faults(bool HostFaults::* kind);
    [[nodiscard]] std::optional<rhp4::Refusal> check(const HostPrices& prices,
                                                     const rhp4::AccountToken& token) const;
    Task<void> stall() { return sleep(std::chrono::hours(1)); }  // or until stop()
    Task<void> sleep(std::chrono::milliseconds time);

    asio::io_context& context_;
    net::Deadlines& deadlines_;
    mux::ConnectionOptions options_;
    Ed25519PrivateKey key_;
    net::Gate gate_;
    std::optional<asio::ip::tcp::acceptor> acceptor_;
    std::uint16_t port_ = 0;
    bool stopped_ = true;
    std::vector<std::weak_ptr<mux::Connection>> connections_;
    std::vector<asio::steady_timer*> sleeping_;
};

}  // namespace siahub::sia::testing
