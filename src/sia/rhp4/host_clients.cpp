#include "sia/rhp4/host_clients.hpp"

#include "sia/rhp4/faults.hpp"

namespace siahub::sia::rhp4 {
namespace {

using std::chrono::steady_clock;

// An answer without the data of a sector.
constexpr std::size_t kSmallAnswer = 16 * 1024;

Task<Result<void>> receive(mux::Stream& stream, Answer& answer) {
    for (Bytes piece; answer.wants() > 0;) {
        piece.resize(answer.wants());
        CO_TRY(co_await stream.read_exactly(piece));
        CO_TRY(answer.feed(piece));
    }
    co_return Result<void>{};
}

// Closes a connection over which nothing moved for a while before the call was given up.
class SilenceWatch {
  public:
    SilenceWatch(mux::Connection& connection, std::chrono::milliseconds silence)
        : connection_(connection), silence_(silence), since_(steady_clock::now()) {}
    ~SilenceWatch() {
        if (answered_) return;
        const auto last = std::max(since_, connection_.last_moved());
        if (steady_clock::now() - last >= silence_)
            connection_.close({Code::timeout, connection_.peer() + " has fallen silent."});
    }
    SilenceWatch(const SilenceWatch&) = delete;
    SilenceWatch& operator=(const SilenceWatch&) = delete;
    void answered() { answered_ = true; }

  private:
    mux::Connection& connection_;
    std::chrono::milliseconds silence_;
    steady_clock::time_point since_;
    bool answered_ = false;
};

}  // namespace

HostClients::HostClients(asio::any_io_executor executor, net::Deadlines& deadlines,
                         const Ed25519PrivateKey& account, const Clock& clock,
                         ClientOptions options)
    : home_{.executor = std::move(executor), .deadlines = deadlines, .gate = gate_},
      account_(account),
      account_key_(public_key_of(account)),
      clock_(clock),
      options_(options) {}

HostClients::~HostClients() = default;

void HostClients::stop() {
    stopped_ = true;
    for (const auto& [key, link] : links_)
        link->stop();
}

std::uint64_t HostClients::dialled() const {
    std::uint64_t sum = 0;
    for (const auto& [key, link] : links_)
        sum += link->dialled();
    return sum;
}

HostLink& HostClients::link_of(const PublicKey& host) {
    auto& link = links_[host];
    if (!link) {
        link = std::make_unique<HostLink>(home_, options_.connection, options_.limits);
        if (stopped_) link->stop();
    }
    return *link;
}

AccountToken HostClients::token_for(const PublicKey& host) const {
    return issue_token(account_, host, clock_.now() / 1000 + options_.token_validity.count());
}

Task<Result<void>> HostClients::exchange(std::shared_ptr<mux::Connection> connection, Call call) {
    SilenceWatch watch(*connection, options_.silence);
    const auto stream = connection->open_stream(call.rest.size() + kSmallAnswer);
    auto sent = co_await stream->write(call.request);
    if (sent) sent = co_await stream->write(call.data);
    // A host that refuses says so before it has taken everything, and closes the stream.
    auto heard = co_await receive(*stream, call.answer);
    if (!heard && !sent) co_return sent;
    if (heard && !call.answer.refusal()) heard = co_await stream->read_exactly(call.rest);
    if (heard) watch.answered();
    co_return heard;
}

Task<Result<void>> HostClients::attempts(const Host& host, Call call) {
    const auto untouched = call.answer.wants();
    for (;;) {
        const auto dialled = CO_TRY(co_await link_of(host.key).connection(host));
        auto done = co_await exchange(dialled.connection, call);
        const bool broke = !done && !dialled.connection->is_open();
        if (!broke || dialled.fresh || stopped_ || call.answer.wants() != untouched) co_return done;
    }
}

Task<HostResult<void>> HostClients::perform(const Host& host, Call call) {
    auto done = co_await attempts(host, call);
    if (!done) co_return std::unexpected(fault_of(std::move(done).error()));
    if (call.answer.refusal()) co_return std::unexpected(fault_of(*call.answer.refusal()));
    co_return HostResult<void>{};
}

Task<HostResult<HostSettings>> HostClients::settings(const Host& host) {
    const auto request = encode_settings_request();
    SettingsAnswer answer;
    const auto done = co_await perform(host, {request, {}, answer, {}});
    if (!done) co_return std::unexpected(done.error());
    if (!answer.settings.prices.is_signed_by(host.key))
        co_return std::unexpected(
            HostError{HostFault::bad_answer, "The host's prices are not signed by it."});
    co_return std::move(answer.settings);
}

Task<HostResult<HostPrices>> HostClients::prices(const Host& host) {
    const auto known = co_await settings(host);
    if (!known) co_return std::unexpected(known.error());
    co_return known->prices;
}

Task<HostResult<Currency>> HostClients::balance(const Host& host) {
    const auto request = encode_balance_request(account_key_);
    BalanceAnswer answer;
    const auto done = co_await perform(host, {request, {}, answer, {}});
    if (!done) co_return std::unexpected(done.error());
    co_return answer.balance;
}

Task<HostResult<Hash256>> HostClients::write_sector(const Host& host, const HostPrices& prices,
                                                    ByteView sector) {
    const auto permit = co_await link_of(host.key).writes.acquire();
    const auto request = encode(WriteSectorRequest{
        .prices = prices, .token = token_for(host.key), .length = sector.size()});
    WriteSectorAnswer answer;
    const auto done = co_await perform(host, {request, sector, answer, {}});
    if (!done) co_return std::unexpected(done.error());
    co_return answer.root;
}

Task<HostResult<SectorRead>> HostClients::read_sector(const Host& host, const HostPrices& prices,
                                                      const Hash256& root, std::uint64_t offset,
                                                      std::uint64_t length) {
    const auto permit = co_await link_of(host.key).reads.acquire();
    const auto request = encode(ReadSectorRequest{.prices = prices,
                                                  .token = token_for(host.key),
                                                  .root = root,
                                                  .offset = offset,
                                                  .length = length});
    ReadSectorAnswer answer(length);
    SectorRead read;
    read.data.resize(static_cast<std::size_t>(length));
    const auto done = co_await perform(host, {request, {}, answer, read.data});
    if (!done) co_return std::unexpected(done.error());
    read.proof = std::move(answer.proof);
    co_return read;
}

}  // namespace siahub::sia::rhp4
