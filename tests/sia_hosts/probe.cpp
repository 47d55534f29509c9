// sia_host_probe ADDRESS KEY [ADDRESS KEY]…: puts each host through what our client does with hosts
// (settings, balance, writing a sector, reading it whole and by ranges, many reads at once, giving
// up in the middle of a sector) and checks every byte, root and proof. Prints a line per host; exit
// code 1 when anything was not as it should be. SIAHUB_SIA_APP_KEY is the seed (hex) of an app key
// with money on the hosts, for those that want to be paid.

#include "core/encoding.hpp"
#include "core/random.hpp"
#include "sia/merkle.hpp"
#include "sia/rhp4/host_clients.hpp"

#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace {

using namespace siahub;
using namespace siahub::sia;
using namespace asio::experimental::awaitable_operators;
using rhp4::HostClients;

class Failed : public std::runtime_error {
    using runtime_error::runtime_error;
};

template <class T>
T need(HostResult<T> result, std::string_view what) {
    if (!result) throw Failed(std::string(what) + ": " + result.error().message);
    return std::move(*result);
}

void need(bool holds, std::string_view what) {
    if (!holds) throw Failed(std::string(what));
}

struct Stored {
    Host host;
    HostPrices prices;
    Bytes sector;
    Hash256 root;
};

Task<void> read_range(HostClients& clients, const Stored& stored, std::uint64_t offset,
                      std::uint64_t length) {
    const auto read =
        need(co_await clients.read_sector(stored.host, stored.prices, stored.root, offset, length),
             "reading a range");
    need(std::ranges::equal(read.data, ByteView(stored.sector).subspan(offset, length)),
         "the bytes of a range");
    need(verify_range_proof(read.data, offset / kLeafSize, read.proof, stored.root).has_value(),
         "the proof of a range");
}

Task<void> read_ranges(HostClients& clients, const Stored& stored) {
    co_await read_range(clients, stored, 0, kSectorSize);
    for (std::uint64_t leaf = 1; leaf < kLeavesPerSector; leaf = leaf * 3 + 5) {
        co_await read_range(clients, stored, leaf * kLeafSize, kLeafSize);
        co_await read_range(clients, stored, 0, leaf * kLeafSize);
        co_await read_range(clients, stored, leaf * kLeafSize, kSectorSize - leaf * kLeafSize);
    }
}

Task<void> read_at_once(HostClients& clients, const Stored& stored) {
    for (int round = 0; round < 4; ++round)
        co_await (read_range(clients, stored, 0, kSectorSize) &&
                  read_range(clients, stored, 64, 1 << 20) &&
                  read_range(clients, stored, 1 << 21, 1 << 20) &&
                  read_range(clients, stored, 4096, 64) && read_range(clients, stored, 0, 1 << 22));
}

Task<void> wait_for(std::chrono::microseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

// The connection has to survive it: the call after it is made on the same one.
Task<void> give_up(HostClients& clients, const Stored& stored) {
    for (int i = 0; i < 40; ++i) {
        const std::chrono::microseconds patience(100 * i);
        co_await (clients.read_sector(stored.host, stored.prices, stored.root, 0, kSectorSize) ||
                  wait_for(patience));
        co_await (clients.write_sector(stored.host, stored.prices, stored.sector) ||
                  wait_for(patience));
        co_await read_range(clients, stored, static_cast<std::uint64_t>(i) * 640, 640);
    }
}

Task<void> be_refused(HostClients& clients, const Stored& stored) {
    auto other = stored.root;
    other.bytes[0] ^= std::byte{1};
    const auto missing =
        co_await clients.read_sector(stored.host, stored.prices, other, 0, kLeafSize);
    need(!missing && missing.error().fault == HostFault::sector_missing,
         "a sector that is not there");
    auto old = stored.prices;
    old.valid_until = 1000;
    const auto expired = co_await clients.write_sector(stored.host, old, stored.sector);
    need(!expired && expired.error().fault == HostFault::prices_expired,
         "prices that have expired");
    auto forged = stored.prices;
    ++forged.tip_height;
    const auto refused =
        co_await clients.read_sector(stored.host, forged, stored.root, 0, kLeafSize);
    need(!refused && refused.error().fault == HostFault::refused,
         "prices that the host never signed");
}

Task<void> probe(HostClients& clients, const Host& host) {
    const auto dialled = clients.dialled();
    const auto settings = need(co_await clients.settings(host), "settings");
    need(co_await clients.balance(host), "balance");
    Stored stored{
        .host = host, .prices = settings.prices, .sector = Bytes(kSectorSize), .root = {}};
    fill_random(stored.sector);
    stored.root =
        need(co_await clients.write_sector(host, stored.prices, stored.sector), "writing a sector");
    need(stored.root == sector_root(stored.sector), "the root of a sector");
    co_await read_ranges(clients, stored);
    co_await read_at_once(clients, stored);
    co_await give_up(clients, stored);
    co_await be_refused(clients, stored);
    need(clients.dialled() == dialled + 1, "keeping one connection through all that");
    std::cout << "ok " << to_text(host.key) << " (" << settings.release << ")" << std::endl;
}

Task<int> probe_all(HostClients& clients, std::span<char*> arguments) {
    int failures = 0;
    for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
        const auto key = parse_public_key(arguments[i + 1]);
        if (!key) throw Failed(key.error().message);
        Host host;
        host.key = *key;
        host.addresses = {{"siamux", arguments[i]}};
        try {
            co_await probe(clients, host);
        } catch (const Failed& failed) {
            ++failures;
            std::cout << "FAILED " << arguments[i] << ": " << failed.what() << std::endl;
        }
    }
    co_return failures;
}

Ed25519PrivateKey app_key() {
    const char* hex =
        std::getenv("SIAHUB_SIA_APP_KEY");  // NOLINT(concurrency-mt-unsafe): no thread yet
    if (hex == nullptr) return Ed25519PrivateKey::random();
    Ed25519Seed seed{};
    if (!from_hex(hex, seed)) throw Failed("SIAHUB_SIA_APP_KEY is not the hex of 32 bytes");
    return Ed25519PrivateKey(seed);
}

}  // namespace

int main(int argc, char** argv) {
    asio::io_context context(1);
    net::Deadlines deadlines(context, std::chrono::milliseconds(50));
    const SystemClock clock;
    HostClients clients(context.get_executor(), deadlines, app_key(), clock);
    int failures = -1;
    asio::co_spawn(context, deadlines.run(), [](const std::exception_ptr&) {});
    asio::co_spawn(context, probe_all(clients, std::span(argv, argv + argc).subspan(1)),
                   [&](const std::exception_ptr& thrown, int count) {
                       failures = thrown ? -1 : count;
                       clients.stop();
                       deadlines.stop();
                   });
    context.run();
    return failures == 0 ? 0 : 1;
}
