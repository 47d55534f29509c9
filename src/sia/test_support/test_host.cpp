#include "sia/test_support/test_host.hpp"

#include "net/listener.hpp"
#include "sia/merkle.hpp"

#include <stdexcept>

#include <boost/asio/co_spawn.hpp>

namespace siahub::sia::testing {
namespace {

Ed25519PrivateKey key_of(int seed) {
    Ed25519Seed bytes{};
    store_le(bytes.data(), seed);
    return Ed25519PrivateKey(bytes);
}

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace

TestHost::TestHost(asio::io_context& context, net::Deadlines& deadlines, int seed,
                   mux::ConnectionOptions options)
    : context_(context), deadlines_(deadlines), options_(options), key_(key_of(seed)) {}

void TestHost::start(std::uint16_t port) {
    auto acceptor = net::listen(context_, "127.0.0.1", port);
    if (!acceptor) throw std::runtime_error(acceptor.error().message);
    acceptor_.emplace(std::move(*acceptor));
    port_ = acceptor_->local_endpoint().port();
    stopped_ = false;
    asio::co_spawn(context_, accept_loop(net::Gate::Pass(gate_)), rethrow);
}

void TestHost::stop() {
    stopped_ = true;
    if (acceptor_) acceptor_->close();
    drop_connections();
    for (auto* timer : sleeping_)
        timer->cancel();
}

void TestHost::drop_connections() {
    for (const auto& weak : std::exchange(connections_, {}))
        if (const auto open = weak.lock())
            open->close({Code::connection_closed, "The test host is gone."});
}

Host TestHost::host() const {
    return {
        .key = public_key_of(key_),
        .addresses = {{"quic", "127.0.0.1:1"}, {"siamux", "127.0.0.1:" + std::to_string(port_)}},
        .country_code = "de",
        .good_for_upload = true};
}

Task<void> TestHost::accept_loop(net::Gate::Pass pass) {
    while (!stopped_) {
        auto [error, socket] =
            co_await acceptor_->async_accept(asio::as_tuple(asio::use_awaitable));
        if (error) continue;
        asio::co_spawn(context_, shake_hands(net::Gate::Pass(gate_), std::move(socket)), rethrow);
    }
}

Task<void> TestHost::shake_hands(net::Gate::Pass pass, asio::ip::tcp::socket socket) {
    const mux::Connection::Home home{
        .executor = context_.get_executor(), .deadlines = deadlines_, .gate = gate_};
    auto accepted = co_await mux::Connection::accept(
        home, std::move(socket), key_, [this](StreamPtr stream) { begin(std::move(stream)); },
        options_);
    if (!accepted) co_return;
    ++dialled;
    if (stopped_) (*accepted)->close({Code::connection_closed, "The test host is gone."});
    std::erase_if(connections_, [](const auto& weak) { return weak.expired(); });
    connections_.push_back(*accepted);
}

void TestHost::begin(StreamPtr stream) {
    asio::co_spawn(context_, serve(net::Gate::Pass(gate_), std::move(stream)), rethrow);
}

Task<void> TestHost::serve(net::Gate::Pass pass, StreamPtr stream) {
    // A client that goes away is nothing to a host.
    [[maybe_unused]] const auto ended = co_await answer(*stream);
}

Task<Result<void>> TestHost::answer(mux::Stream& stream) {
    std::array<std::byte, rhp4::kSpecifierSize> name;
    CO_TRY(co_await stream.read_exactly(name));
    const auto call = Decoder(name, "The name of a call").specifier();
    if (call == rhp4::kSettingsCall) co_return co_await answer_settings(stream);
    if (call == rhp4::kWriteSectorCall) co_return co_await answer_write(stream);
    if (call == rhp4::kReadSectorCall) co_return co_await answer_read(stream);
    if (call == rhp4::kAccountBalanceCall) co_return co_await answer_balance(stream);
    co_return co_await refuse(stream, {3, "unrecognized RPC"});
}

HostFaults TestHost::take_faults(bool HostFaults::* kind) {
    if (!(faults.*kind) || faults.calls <= 0) return {};
    --faults.calls;
    return faults;
}

Task<Result<void>> TestHost::refuse(mux::Stream& stream, rhp4::Refusal refusal) {
    Encoder out;
    out.boolean(true);
    out.u8(refusal.code);
    out.string(refusal.text);
    co_return co_await stream.write(out.view());
}

Task<Result<void>> TestHost::answer_settings(mux::Stream& stream) {
    ++settings_calls;
    const auto fault = take_faults(&HostFaults::settings);
    rhp4::HostSettings settings{.protocol_version = {5, 1, 0},
                                .release = "test host",
                                .accepting_contracts = true,
                                .max_contract_duration = 1000,
                                .remaining_storage = max_sectors - sectors.size(),
                                .total_storage = max_sectors};
    settings.prices.storage = {.low = 100};
    settings.prices.valid_until = prices_valid_until;
    settings.prices.signature = sign_hash(key_, settings.prices.signed_hash());
    if (fault.wrong == Wrong::price) settings.prices.signature.bytes[5] ^= std::byte{1};
    co_return co_await send(stream, fault, rhp4::encode(settings), {});
}

Task<Result<void>> TestHost::answer_balance(mux::Stream& stream) {
    std::array<std::byte, 32> account;
    CO_TRY(co_await stream.read_exactly(account));
    Encoder out;
    out.currency({.low = 7});
    co_return co_await send(stream, {}, out.take(), {});
}

std::optional<rhp4::Refusal> TestHost::check(const HostPrices& prices,
                                             const rhp4::AccountToken& token) const {
    if (prices.valid_until < prices_valid_until)
        return rhp4::Refusal{3, "request invalid: prices are invalid: prices expired (3)"};
    if (!prices.is_signed_by(public_key_of(key_)))
        return rhp4::Refusal{3, "request invalid: prices are invalid: invalid signature (3)"};
    const auto bad_token = [](const std::string& why) {
        return rhp4::Refusal{3, "request invalid: token is invalid: " + why + " (3)"};
    };
    if (token.host != public_key_of(key_)) return bad_token("host key mismatch");
    if (clock != nullptr && token.valid_until * 1000 < clock->now())
        return bad_token("account token expired");
    if (!token.is_signed()) return bad_token("invalid signature");
    return std::nullopt;
}

Task<Result<void>> TestHost::answer_write(mux::Stream& stream) {
    Bytes fields(rhp4::WriteSectorRequest::kEncodedSize);
    CO_TRY(co_await stream.read_exactly(fields));
    const auto request = CO_TRY(rhp4::decode_write_sector(fields));
    const auto fault = take_faults(&HostFaults::writes);
    if (const auto bad = check(request.prices, request.token))
        co_return co_await refuse(stream, *bad);
    if (fault.refusal) co_return co_await refuse(stream, *fault.refusal);
    if (request.length != kSectorSize)
        co_return co_await refuse(stream, {3, "request invalid: sector must be whole (3)"});
    Bytes sector(kSectorSize);
    CO_TRY(co_await stream.read_exactly(sector));
    if (sectors.size() >= max_sectors) co_return co_await refuse(stream, {2, "not enough storage"});
    ++writes;
    auto root = sector_root(sector);
    sectors.insert_or_assign(root, std::move(sector));
    if (fault.wrong == Wrong::root) root.bytes[9] ^= std::byte{1};
    co_return co_await send(stream, fault, Bytes(root.bytes.begin(), root.bytes.end()), {});
}

Task<Result<void>> TestHost::answer_read(mux::Stream& stream) {
    Bytes fields(rhp4::ReadSectorRequest::kEncodedSize);
    CO_TRY(co_await stream.read_exactly(fields));
    const auto request = CO_TRY(rhp4::decode_read_sector(fields));
    const auto fault = take_faults(&HostFaults::reads);
    if (const auto bad = check(request.prices, request.token))
        co_return co_await refuse(stream, *bad);
    if (fault.refusal) co_return co_await refuse(stream, *fault.refusal);
    const auto found = sectors.find(request.root);
    if (found == sectors.end()) co_return co_await refuse(stream, {2, "sector not found"});
    if (request.length == 0 || request.offset > kSectorSize ||
        request.length > kSectorSize - request.offset ||
        (request.offset + request.length) % kLeafSize != 0)
        co_return co_await refuse(stream, {3, "request invalid: bad range (3)"});
    ++reads;
    bytes_read += request.length;
    co_return co_await send_range(stream, fault, found->second, request);
}

Task<Result<void>> TestHost::send_range(mux::Stream& stream, const HostFaults& fault,
                                        ByteView sector, const rhp4::ReadSectorRequest& request) {
    const auto first = request.offset / kLeafSize;
    const auto end = (request.offset + request.length) / kLeafSize;
    auto proof = build_range_proof(sector, first, end);
    const auto range = sector.subspan(request.offset, request.length);
    Bytes data(range.begin(), range.end());
    if (fault.wrong == Wrong::bytes) data[data.size() / 2] ^= std::byte{1};
    if (fault.wrong == Wrong::proof && !proof.empty()) proof[0].bytes[3] ^= std::byte{1};
    if (fault.wrong == Wrong::length) data.resize(data.size() - kLeafSize);
    Encoder head;
    head.count(proof.size());
    for (const auto& hash : proof)
        head.fixed(hash);
    head.u64(data.size());
    co_return co_await send(stream, fault, head.take(), std::move(data));
}

Task<Result<void>> TestHost::send(mux::Stream& stream, const HostFaults& fault, Bytes object,
                                  Bytes data) {
    if (fault.delay.count() > 0) co_await sleep(fault.delay);
    if (fault.wrong == Wrong::stall) co_await stall();
    if (fault.wrong == Wrong::close || fault.wrong == Wrong::stall) co_return Result<void>{};
    Bytes all{std::byte{0}};
    append(all, object);
    append(all, data);
    if (fault.wrong == Wrong::nonsense) all[0] = std::byte{2};
    const bool half = fault.wrong == Wrong::half || fault.wrong == Wrong::reset;
    if (half) all.resize(all.size() / 2);
    CO_TRY(co_await stream.write(all));
    if (fault.wrong == Wrong::reset) {
        co_await sleep(std::chrono::milliseconds(20));  // until it has gone out
        drop_connections();
    }
    if (fault.wrong == Wrong::half) co_await stall();
    co_return Result<void>{};
}

Task<void> TestHost::sleep(std::chrono::milliseconds time) {
    if (stopped_) co_return;
    asio::steady_timer timer(context_, time);
    sleeping_.push_back(&timer);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    std::erase(sleeping_, &timer);
}

}  // namespace siahub::sia::testing
