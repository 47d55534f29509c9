#include "sia/rhp4/host_clients.hpp"

#include "net/listener.hpp"
#include "sia/merkle.hpp"
#include "sia/test_support/network.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace siahub::sia::rhp4 {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using testing::Network;
using testing::noise;
using Wrong = testing::HostFaults::Wrong;

Task<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

Task<void> until(const int& count, int reached) {
    while (count < reached)
        co_await pause(1ms);
}

// A sector that lies on the host, with the prices to read it.
struct Stored {
    Host host;
    HostPrices prices = {};
    Bytes sector;
    Hash256 root = {};
};

Task<Stored> store(Network& net, testing::TestHost& host, std::uint64_t seed) {
    Stored stored{.host = host.host(), .sector = noise(kSectorSize, seed)};
    stored.prices = (co_await net.clients.prices(stored.host)).value();
    stored.root =
        (co_await net.clients.write_sector(stored.host, stored.prices, stored.sector)).value();
    co_return stored;
}

Task<HostResult<SectorRead>> read(Network& net, Stored& stored, std::uint64_t offset,
                                  std::uint64_t length) {
    return net.clients.read_sector(stored.host, stored.prices, stored.root, offset, length);
}

void expect_proven(const Stored& stored, const HostResult<SectorRead>& read, std::uint64_t offset,
                   std::uint64_t length) {
    ASSERT_TRUE(read) << read.error().message;
    const auto want = ByteView(stored.sector).subspan(offset, length);
    EXPECT_TRUE(std::ranges::equal(read->data, want));
    EXPECT_TRUE(verify_range_proof(read->data, offset / kLeafSize, read->proof, stored.root));
}

Task<void> round_trip(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    EXPECT_EQ(stored.root, sector_root(stored.sector));
    const auto settings = co_await net.clients.settings(stored.host);
    EXPECT_EQ(settings.value().release, "test host");
    EXPECT_EQ(settings.value().remaining_storage, 999u);
    EXPECT_EQ((co_await net.clients.balance(stored.host)).value().low, 7u);
    using Range = std::pair<std::uint64_t, std::uint64_t>;
    for (const auto [offset, length] :
         {Range{0, kSectorSize}, Range{0, 64}, Range{kSectorSize - 64, 64}, Range{4096, 4096},
          Range{24 * 64, 18 * 64}, Range{64, kSectorSize - 64}})
        expect_proven(stored, co_await read(net, stored, offset, length), offset, length);
    EXPECT_EQ(host.dialled, 1u);
}

TEST(HostClients, WriteAndReadSectors) {
    Network net;
    net.run(round_trip(net));
}

Task<void> try_refusals(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    using Case = std::pair<std::string, HostFault>;
    for (const auto& [text, fault] :
         {Case{"not enough funds", HostFault::not_enough_funds},
          Case{"request invalid: prices are invalid: prices expired (3)",
               HostFault::prices_expired},
          Case{"token is invalid: account token expired (3)", HostFault::token_expired},
          Case{"token is invalid: invalid signature (3)", HostFault::token_refused},
          Case{"prices are invalid: invalid signature (3)", HostFault::refused},
          Case{"sector corrupt", HostFault::sector_missing},
          Case{"not enough storage", HostFault::out_of_storage},
          Case{"host is shutting down", HostFault::unreachable},
          Case{"internal error\n", HostFault::refused}}) {
        host.faults.refusal = Refusal{2, text};
        const auto read_one = co_await read(net, stored, 0, 64);
        EXPECT_EQ(read_one.error().fault, fault) << text;
        EXPECT_FALSE(read_one.error().message.contains('\n'));
        // While the sector is still on its way.
        const auto written =
            co_await net.clients.write_sector(stored.host, stored.prices, stored.sector);
        EXPECT_EQ(written.error().fault, fault) << text;
    }
    host.faults = {};
    stored.root.bytes[0] ^= std::byte{1};
    EXPECT_EQ((co_await read(net, stored, 0, 64)).error().fault, HostFault::sector_missing);
    EXPECT_EQ(host.dialled, 1u);
}

TEST(HostClients, SayWhatARefusalMeans) {
    Network net;
    net.run(try_refusals(net));
}

Task<void> try_expired_prices(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    host.prices_valid_until += 10;
    EXPECT_EQ((co_await read(net, stored, 0, 64)).error().fault, HostFault::prices_expired);
    stored.prices = (co_await net.clients.prices(stored.host)).value();
    expect_proven(stored, co_await read(net, stored, 0, 64), 0, 64);
}

TEST(HostClients, LearnThatPricesHaveExpired) {
    Network net;
    net.run(try_expired_prices(net));
}

Task<void> try_lies(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    for (const auto wrong : {Wrong::length, Wrong::nonsense}) {
        host.faults = {.wrong = wrong};
        EXPECT_EQ((co_await read(net, stored, 0, 4096)).error().fault, HostFault::bad_answer);
    }
    // These are for the proof to find out.
    for (const auto wrong : {Wrong::bytes, Wrong::proof}) {
        host.faults = {.wrong = wrong};
        const auto lie = co_await read(net, stored, 0, 4096);
        EXPECT_FALSE(verify_range_proof(lie.value().data, 0, lie->proof, stored.root));
    }
    host.faults = {.wrong = Wrong::root};
    EXPECT_NE(
        (co_await net.clients.write_sector(stored.host, stored.prices, stored.sector)).value(),
        stored.root);
    host.faults = {.wrong = Wrong::price};
    EXPECT_EQ((co_await net.clients.prices(stored.host)).error().fault, HostFault::bad_answer);
    host.faults = {};
    expect_proven(stored, co_await read(net, stored, 0, 4096), 0, 4096);
    EXPECT_EQ(host.dialled, 1u);
}

TEST(HostClients, RefuseLies) {
    Network net;
    net.run(try_lies(net));
}

Task<void> try_broken(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    host.faults = {.wrong = Wrong::reset, .calls = 1};
    EXPECT_EQ((co_await read(net, stored, 0, kSectorSize)).error().fault, HostFault::unreachable);
    expect_proven(stored, co_await read(net, stored, 0, 4096), 0, 4096);
    EXPECT_EQ(host.dialled, 2u);
    host.faults = {.wrong = Wrong::close, .calls = 1};
    EXPECT_EQ((co_await read(net, stored, 0, 4096)).error().fault, HostFault::unreachable);
    EXPECT_EQ(host.dialled, 2u);
    // The connection breaks while nobody looks: the call does not notice.
    host.drop_connections();
    expect_proven(stored, co_await read(net, stored, 0, 4096), 0, 4096);
    EXPECT_EQ(host.dialled, 3u);
}

TEST(HostClients, DialAgainWhenAConnectionBroke) {
    Network net;
    net.run(try_broken(net));
}

Task<void> try_cancelled(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    host.faults = {.wrong = Wrong::half};
    for (int i = 0; i < 3; ++i) {
        const auto outcome = co_await (read(net, stored, 0, kSectorSize) || pause(20ms));
        EXPECT_EQ(outcome.index(), 1u);
    }
    host.faults = {.wrong = Wrong::stall};
    const auto outcome = co_await (
        net.clients.write_sector(stored.host, stored.prices, stored.sector) || pause(20ms));
    EXPECT_EQ(outcome.index(), 1u);
    host.faults = {};
    expect_proven(stored, co_await read(net, stored, 0, kSectorSize), 0, kSectorSize);
    EXPECT_EQ(host.dialled, 1u);
}

TEST(HostClients, LeaveTheConnectionGoodWhenACallIsCancelled) {
    Network net;
    net.run(try_cancelled(net));
}

Task<void> try_silent(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    host.faults = {.wrong = Wrong::stall, .calls = 1};
    co_await (read(net, stored, 0, 64) || pause(50ms));
    expect_proven(stored, co_await read(net, stored, 0, 64), 0, 64);
    EXPECT_EQ(host.dialled, 2u);
}

TEST(HostClients, GiveUpAConnectionThatFellSilent) {
    Network net(1, {.silence = 30ms});
    net.run(try_silent(net));
}

Task<void> read_one(Network& net, Stored& stored, std::uint64_t at, int& done) {
    expect_proven(stored, co_await read(net, stored, at * 8192, 65536 + at * 64), at * 8192,
                  65536 + at * 64);
    ++done;
}

Task<void> try_many(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    host.drop_connections();
    int done = 0;
    for (std::uint64_t i = 0; i < 60; ++i)
        asio::co_spawn(net.context, read_one(net, stored, i, done), asio::detached);
    co_await until(done, 60);
    EXPECT_EQ(host.dialled, 2u);
    EXPECT_EQ(host.reads, 60u);
}

TEST(HostClients, ShareOneConnectionAmongCalls) {
    Network net;
    net.run(try_many(net));
}

Task<void> try_unreachable(Network& net) {
    auto& host = net.hosts.front();
    auto info = host.host();
    host.stop();
    EXPECT_EQ((co_await net.clients.prices(info)).error().fault, HostFault::unreachable);
    info.addresses = {{"quic", "127.0.0.1:1"}};
    EXPECT_EQ((co_await net.clients.prices(info)).error().fault, HostFault::unreachable);
    info.addresses = {{"siamux", "no address"}};
    EXPECT_EQ((co_await net.clients.prices(info)).error().fault, HostFault::bad_answer);
}

TEST(HostClients, SayWhenAHostIsUnreachable) {
    Network net;
    net.run(try_unreachable(net));
}

Task<void> ask_in_vain(Network& net, Host host, int& done) {
    EXPECT_EQ((co_await net.clients.prices(host)).error().fault, HostFault::unreachable);
    ++done;
}

// Who waits for a connection shares the failure to make it.
Task<void> try_dial_together(Network& net) {
    auto listener = net::listen(net.context, "127.0.0.1", 0).value();
    auto info = net.hosts.front().host();
    const auto port = std::to_string(listener.local_endpoint().port());
    info.addresses = {{"siamux", "127.0.0.1:" + port}};
    int done = 0;
    for (int i = 0; i < 20; ++i)
        asio::co_spawn(net.context, ask_in_vain(net, info, done), asio::detached);
    const auto only = co_await listener.async_accept(asio::use_awaitable);
    co_await until(done, 20);
    listener.non_blocking(true);
    boost::system::error_code error;
    listener.accept(error);
    EXPECT_EQ(error, asio::error::would_block);
}

TEST(HostClients, ShareTheFailureToReachAHost) {
    Network net(1, {.connection = {.dial_timeout = 30ms}});
    net.run(try_dial_together(net));
}

Task<void> try_impostor(Network& net) {
    auto info = net.hosts.front().host();
    info.key = net.hosts.back().host().key;
    EXPECT_EQ((co_await net.clients.prices(info)).error().fault, HostFault::unreachable);
    // The announced address is the unspecified one: this machine.
    info = net.hosts.front().host();
    info.addresses = {{"siamux", "[::]:" + std::to_string(net.hosts.front().port())}};
    EXPECT_TRUE(co_await net.clients.prices(info));
    EXPECT_EQ(net.hosts.front().dialled, 1u);
}

TEST(HostClients, DoNotTalkToAnotherHost) {
    Network net(2);
    net.run(try_impostor(net));
}

Task<void> try_stopped(Network& net) {
    auto& host = net.hosts.front();
    auto stored = co_await store(net, host, 1);
    net.clients.stop();
    EXPECT_EQ((co_await read(net, stored, 0, 64)).error().fault, HostFault::unreachable);
    EXPECT_EQ(host.dialled, 1u);
}

TEST(HostClients, DialNoMoreOnceStopped) {
    Network net;
    net.run(try_stopped(net));
}

}  // namespace
}  // namespace siahub::sia::rhp4
