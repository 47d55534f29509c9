// What a siamux connection costs beside the work nobody can avoid: one pass of ChaCha20-Poly1305
// over packets of its size. The two ends of a connection over loopback run on threads of their own;
// the CPU time of a line is that of our end alone (the host's is its own column, also per
// iteration), so the ratio of the CPU columns is the figure: what the kernel, framing and waking
// tasks add. An iteration moves one sector.

#include "core/random.hpp"
#include "net/listener.hpp"
#include "sia/mux/connection.hpp"

#include <ctime>
#include <thread>

#include <benchmark/benchmark.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

namespace siahub::sia::mux {
namespace {

constexpr std::size_t kSector = std::size_t{4} << 20;

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

double thread_cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// An end with what it runs on.
struct End {
    asio::io_context context{1};
    net::Deadlines deadlines{context, std::chrono::milliseconds(100)};
    net::Gate gate;

    Connection::Home home() {
        return {.executor = context.get_executor(), .deadlines = deadlines, .gate = gate};
    }
};

const Ed25519PrivateKey& host_key() {
    static const Ed25519PrivateKey key{Ed25519Seed{}};
    return key;
}

// For every byte that a stream begins with, it sends or takes a sector.
class BenchHost {
  public:
    BenchHost() : thread_([this] { work(); }) {}
    [[nodiscard]] Address address() const {
        return {"127.0.0.1", acceptor_.local_endpoint().port()};
    }
    // Ends with the connection.
    [[nodiscard]] double cpu_seconds() {
        thread_.join();
        return cpu_seconds_;
    }

  private:
    void work() {
        const double begun = thread_cpu_seconds();
        asio::co_spawn(end_.context, accept(), rethrow);
        end_.context.run();
        cpu_seconds_ = thread_cpu_seconds() - begun;
    }
    Task<void> accept() {
        auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
        co_await Connection::accept(end_.home(), std::move(socket), host_key(),
                                    [this](std::unique_ptr<Stream> stream) {
                                        asio::co_spawn(end_.context, serve(std::move(stream)),
                                                       rethrow);
                                    },
                                    {.accepted_capacity = 2 * kSector});
    }
    Task<void> serve(std::unique_ptr<Stream> stream) {
        for (std::byte order{};;) {
            if (!co_await stream->read_exactly({&order, 1})) co_return;
            if (order == std::byte{'<'}) {
                co_await stream->write(sector_);
            } else {
                co_await stream->read_exactly(sector_);
                co_await stream->write(ByteView(&order, 1));
            }
        }
    }

    End end_;
    asio::ip::tcp::acceptor acceptor_ = net::listen(end_.context, "127.0.0.1", 0).value();
    Bytes sector_ = Bytes(kSector);
    double cpu_seconds_ = 0;
    std::thread thread_;
};

Task<void> fetch(benchmark::State& state, End& end, Address host) {
    const auto connection =
        (co_await Connection::dial(end.home(), host, public_key_of(host_key()), {})).value();
    {
        const auto stream = connection->open_stream(2 * kSector);
        Bytes sector(kSector);
        for (auto running : state) {
            co_await stream->write(as_bytes("<"));
            co_await stream->read_exactly(sector);
        }
    }
    connection->close({});
}

Task<void> store(benchmark::State& state, End& end, Address host) {
    const auto connection =
        (co_await Connection::dial(end.home(), host, public_key_of(host_key()), {})).value();
    {
        const auto stream = connection->open_stream(1024);
        const Bytes sector(kSector);
        std::byte done{};
        for (auto running : state) {
            co_await stream->write(as_bytes(">"));
            co_await stream->write(sector);
            co_await stream->read_exactly({&done, 1});
        }
    }
    connection->close({});
}

using Direction = Task<void> (*)(benchmark::State&, End&, Address);

void over_a_connection(benchmark::State& state, Direction direction) {
    BenchHost host;
    End end;
    asio::co_spawn(end.context, direction(state, end, host.address()), rethrow);
    end.context.run();
    state.counters["host_cpu_ms"] =
        benchmark::Counter(1000 * host.cpu_seconds(), benchmark::Counter::kAvgIterations);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kSector));
}

// The yardstick: sealing or opening as many packets, nothing else.
void bare_cipher(benchmark::State& state, bool opening) {
    const Settings settings;
    ChaCha20Poly1305 cipher({});
    Bytes packet(settings.packet_size);
    const auto block = std::span(packet).first(settings.block_size());
    const auto tag = std::span(packet).last<kTagSize>();
    const auto packets = (kSector + settings.max_payload() - 1) / settings.max_payload();
    for (auto running : state)
        for (std::size_t i = 0; i < packets; ++i) {
            if (opening)
                benchmark::DoNotOptimize(cipher.open({}, block, tag));
            else
                cipher.seal({}, block, tag);
        }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kSector));
}

BENCHMARK_CAPTURE(bare_cipher, seal, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(over_a_connection, send, store)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(bare_cipher, open, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(over_a_connection, receive, fetch)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace siahub::sia::mux
