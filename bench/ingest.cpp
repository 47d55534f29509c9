// What it costs the server to take in and give back a file: process CPU seconds per GiB of file,
// beside one bare pass of BLAKE3 and LZ4 decoding of the same xorbs in the same run. Also what no
// server avoids besides that pass, measured alone: writing the xorbs to files and syncing them, and
// receiving them from a socket (which "xorb upload" here does not do). Syncs to a real disk; give a
// directory on it as the argument.

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/sqlite.hpp"
#include "store/store.hpp"
#include "xet/test_data.hpp"
#include "xet/xorb_builder.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

using namespace siahub;

namespace {

constexpr std::size_t kXorbs = 8;
constexpr std::size_t kXorbBytes = 63UL * 1024 * 1024;
constexpr std::size_t kPiece = 512UL * 1024;
constexpr double kGiB = 1024.0 * 1024 * 1024;

struct Spent {
    double user = 0;
    double system = 0;
    double wall = 0;

    [[nodiscard]] double cpu() const { return user + system; }
    void add(const Spent& start, const Spent& end) {
        user += end.user - start.user;
        system += end.system - start.system;
        wall += end.wall - start.wall;
    }
};

Spent spent_so_far() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return {.user = seconds(usage.ru_utime),
            .system = seconds(usage.ru_stime),
            .wall = std::chrono::duration<double>(now).count()};
}

template <class Work>
void measure(Spent& spent, Work work) {
    const auto start = spent_so_far();
    work();
    spent.add(start, spent_so_far());
}

struct Built {
    xet::XorbIndex index;
    Bytes body;
};

Built build(ByteView plain) {
    Built built;
    xet::Chunker chunker;
    xet::XorbBuilder builder;
    while (!plain.empty()) {
        const auto chunk = plain.first(chunker.next_cut(plain).value_or(plain.size()));
        append(built.body, builder.append(xet::chunk_hash(chunk), chunk));
        plain = plain.subspan(chunk.size());
    }
    built.index = builder.finish();
    return built;
}

void bare_pass(const Built& xorb) {
    xet::ChunkDecoder decoder;
    for (ByteView rest = xorb.body; !rest.empty();) {
        const auto header = xet::parse_chunk_header(rest.first<xet::kChunkHeader>()).value();
        const auto payload = rest.subspan(xet::kChunkHeader, header.stored);
        if (xet::chunk_hash(decoder.decode(header, payload).value()).is_zero()) std::abort();
        rest = rest.subspan(xet::kChunkHeader + header.stored);
    }
}

// The file is returned so that deleting it is not measured.
store::TempFile bare_write(store::Store& store, const Built& xorb) {
    auto file = store.bodies.new_temp_file().value();
    for (ByteView rest = xorb.body; !rest.empty();) {
        const auto piece = rest.first(std::min(kPiece, rest.size()));
        if (!file.append(piece)) std::abort();
        rest = rest.subspan(piece.size());
    }
    if (!file.sync()) std::abort();
    return file;
}

double thread_cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Counts the receiving thread only: the sender is the client's affair.
void bare_receive(Spent& spent, const Built& xorb) {
    asio::io_context context;
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    asio::ip::tcp::socket out(context);
    out.connect(acceptor.local_endpoint());
    auto in = acceptor.accept();
    const std::jthread sender([&] { asio::write(out, asio::buffer(xorb.body)); });
    Bytes piece(kPiece);
    const auto start = thread_cpu_seconds();
    for (std::size_t left = xorb.body.size(); left > 0;)
        left -= asio::read(in, asio::buffer(piece.data(), std::min(left, kPiece)));
    spent.system += thread_cpu_seconds() - start;
}

Task<Result<bool>> upload(store::Store& store, const Built& xorb) {
    auto upload = store.xorbs.begin(xorb.index.xorb, 1);
    for (ByteView rest = xorb.body; !rest.empty();) {
        const auto piece = rest.first(std::min(kPiece, rest.size()));
        CO_TRY(co_await upload->feed(piece));
        rest = rest.subspan(piece.size());
    }
    co_return (CO_TRY(co_await upload->finish())).was_inserted;
}

Task<Result<xet::Hash>> ingest(store::Store& store, ByteView plain) {
    auto ingest = store.ingest(1, {});
    for (; !plain.empty(); plain = plain.subspan(std::min(kPiece, plain.size())))
        CO_TRY(co_await ingest->feed(plain.first(std::min(kPiece, plain.size()))));
    co_return (CO_TRY(co_await ingest->finish())).file;
}

Task<Result<std::uint64_t>> read_all(store::Store& store, xet::Hash file) {
    std::uint64_t bytes = 0;
    auto reader = CO_TRY(co_await store.read(1, file));
    for (;;) {
        const auto piece = CO_TRY(co_await reader->next());
        if (piece.empty()) co_return bytes;
        bytes += piece.size();
    }
}

// Between measurements, so that all of them recycle memory as a hub does that has run for a while:
// fresh memory is dear, above all in a virtual machine, and who came first would pay for all.
void drop_bodies(store::Store& store) {
    const auto xorbs = store.bodies.layout().xorbs();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(xorbs)) {
        if (!entry.is_regular_file()) continue;
        const auto xorb = xet::parse_hash(entry.path().filename().string());
        if (!xorb || !store.bodies.remove(*xorb)) std::abort();
    }
}

using Generate = Bytes (*)(std::size_t, std::uint64_t);

void run(store::Store& store, std::string_view name, Generate generate, std::uint64_t seed) {
    Spent bare;
    Spent writes;
    Spent receives;
    Spent uploads;
    Spent ingests;
    Spent reads;
    for (std::size_t i = 0; i < kXorbs; ++i) {
        const auto plain = generate(kXorbBytes, seed + i);
        const auto xorb = build(plain);
        std::optional<store::TempFile> written;
        measure(bare, [&] { bare_pass(xorb); });
        measure(writes, [&] { written.emplace(bare_write(store, xorb)); });
        written.reset();
        measure(uploads, [&] {
            if (!run_task(upload(store, xorb)).value()) std::abort();
        });
        drop_bodies(store);
        bare_receive(receives, xorb);
    }
    for (std::size_t i = 0; i < kXorbs; ++i) {
        const auto plain = generate(kXorbBytes, seed + kXorbs + i);
        xet::Hash file;
        measure(ingests, [&] { file = run_task(ingest(store, plain)).value(); });
        measure(reads, [&] {
            if (run_task(read_all(store, file)).value() != plain.size()) std::abort();
        });
        drop_bodies(store);
    }
    const double gib = static_cast<double>(kXorbs * kXorbBytes) / kGiB;
    const auto line = [&](std::string_view what, const Spent& spent) {
        fmt::print("{:14} {:18} {:6.3f} CPU s/GiB ({:.3f} system)  {:5.2f} x bare  {:6.2f} GiB/s\n",
                   name, what, spent.cpu() / gib, spent.system / gib, spent.cpu() / bare.cpu(),
                   spent.wall > 0 ? gib / spent.wall : 0);
    };
    const auto against = [&](std::string_view what, double cpu, double floor) {
        fmt::print("{:14} {:30} {:5.2f} x\n", name, what, cpu / floor);
    };
    line("bare BLAKE3+LZ4", bare);
    line("bare write+sync", writes);
    line("bare receive", receives);
    line("xorb upload", uploads);
    against("upload : bare passes and write", uploads.cpu(), bare.cpu() + writes.cpu());
    against("upload+receive : all three", uploads.cpu() + receives.cpu(),
            bare.cpu() + writes.cpu() + receives.cpu());
    line("plain ingest", ingests);
    line("plain read", reads);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1) ::setenv("TMPDIR", argv[1], 1);
    const TempDir dir;
    const SystemClock clock;
    const Log log(Log::Level::warn);
    WorkPool compute(2);
    WorkPool disk(2);
    const auto database = db::open_sqlite(dir.path() / "hub.db", clock).value();
    const auto store =
        run_task(store::Store::open(*database, {compute, disk}, clock, log, {.data = dir.path()}))
            .value();
    // The first writes would pay for fresh memory; see drop_bodies().
    for (std::size_t i = 0; i < kXorbs; ++i)
        bare_write(*store, build(xet::test::noise(kXorbBytes, i)));
    run(*store, "incompressible", xet::test::noise, 1'000);
    run(*store, "bf16", xet::test::weights, 2'000);
    run(*store, "text", xet::test::text, 3'000);
    compute.stop();
    disk.stop();
}
