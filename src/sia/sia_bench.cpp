// What a slab costs before it leaves for its hosts, beside what the libraries can do at best on one
// thread: hashing leaves one by one with libsodium, ISA-L and XChaCha20 on bytes that stay in the
// cache. `of_limit` is the ratio of two CPU times of one run, so neither the machine nor its load
// matters; above 1 is faster than the library alone.

#include "core/random.hpp"
#include "crypto/blake2b.hpp"
#include "crypto/reed_solomon.hpp"
#include "crypto/xchacha20.hpp"
#include "sia/cipher.hpp"
#include "sia/erasure.hpp"
#include "sia/merkle.hpp"
#include "sia/slab_encoder.hpp"

#include <ctime>

#include <benchmark/benchmark.h>

namespace siahub::sia {
namespace {

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// CPU seconds per byte; the best of some rounds.
template <class Work>
double cost(std::size_t bytes, Work work) {
    double best = 1e9;
    for (int round = 0; round < 5; ++round) {
        const auto start = cpu_seconds();
        work();
        best = std::min(best, (cpu_seconds() - start) / static_cast<double>(bytes));
    }
    return best;
}

template <class Work>
void compare(benchmark::State& state, std::size_t bytes, double limit, Work work) {
    const auto ours = cost(bytes, work);
    for (auto _ : state)
        work();
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
    state.counters["of_limit"] = limit / ours;
}

Bytes noise(std::size_t size) {
    Bytes bytes(size);
    fill_random(bytes);
    return bytes;
}

double limit_of_hashing() {
    const auto sector = noise(kSectorSize);
    // A tree has as many nodes as leaves.
    return 2 * cost(kSectorSize, [&] {
               for (std::size_t at = 0; at < kSectorSize; at += kLeafSize) {
                   std::array<std::byte, 1 + kLeafSize> leaf{};
                   std::memcpy(leaf.data() + 1, sector.data() + at, kLeafSize);
                   benchmark::DoNotOptimize(blake2b_256(leaf));
               }
           });
}

void root_of_a_sector(benchmark::State& state) {
    const auto sector = noise(kSectorSize);
    compare(state, kSectorSize, limit_of_hashing(),
            [&] { benchmark::DoNotOptimize(sector_root(sector)); });
}
BENCHMARK(root_of_a_sector)->Unit(benchmark::kMillisecond);

double limit_of_cipher() {
    auto text = noise(16 << 10);
    const XChaCha20Key key{};
    return cost(text.size() * 256, [&] {
        for (int i = 0; i < 256; ++i)
            xchacha20_xor(key, {}, 0, text);
    });
}

void cipher_of_a_shard(benchmark::State& state) {
    auto sector = noise(kSectorSize);
    compare(state, kSectorSize, limit_of_cipher(), [&] { apply_shard_cipher({}, 3, 0, sector); });
}
BENCHMARK(cipher_of_a_shard)->Unit(benchmark::kMillisecond);

struct Shards {
    Shards(std::size_t data_count, std::size_t total, std::size_t size)
        : code(data_count, total), all(total, noise(size)) {
        for (std::size_t i = 0; i < total; ++i) {
            if (i < data_count) {
                data.emplace_back(all[i]);
                writable.emplace_back(all[i]);
            } else {
                parity.emplace_back(all[i]);
            }
        }
    }
    void encode() { code.encode(data, parity); }
    ReedSolomon code;
    std::vector<Bytes> all;
    std::vector<ByteView> data;
    std::vector<std::span<std::byte>> writable, parity;
};

double limit_of_parity(std::size_t data, std::size_t total) {
    constexpr std::size_t kCached = 8 << 10;
    Shards small(data, total, kCached);
    return cost(data * kCached * 64, [&] {
        for (int i = 0; i < 64; ++i)
            small.encode();
    });
}

void parity_of_a_slab(benchmark::State& state) {
    const auto data = static_cast<std::size_t>(state.range(0));
    const auto total = static_cast<std::size_t>(state.range(1));
    Shards slab(data, total, kSectorSize);
    compare(state, data * kSectorSize, limit_of_parity(data, total), [&] { slab.encode(); });
}
BENCHMARK(parity_of_a_slab)
    ->Args({10, 30})
    ->Args({16, 35})
    ->Args({4, 14})
    ->Unit(benchmark::kMillisecond);

// Everything between the bytes of an object and sectors with roots. The limit is what the libraries
// take for the same work.
void slab_of_an_object(benchmark::State& state) {
    const auto data = static_cast<std::size_t>(state.range(0));
    const auto total = static_cast<std::size_t>(state.range(1));
    Shards slab(data, total, kSectorSize);
    auto object = noise(data * kSectorSize);
    const auto redundancy = static_cast<double>(total) / static_cast<double>(data);
    const auto limit = limit_of_cipher() * (1 + redundancy) + limit_of_parity(data, total) +
                       limit_of_hashing() * redundancy;
    constexpr std::size_t kPiece = 1 << 20;
    compare(state, object.size(), limit, [&] {
        for (std::size_t at = 0; at < object.size(); at += kPiece) {
            const auto piece = std::span(object).subspan(at, kPiece);
            apply_object_cipher({}, {1, {}, at, at}, piece);
            scatter(piece, at, slab.writable);
        }
        SlabEncoder encoder(slab.code, {}, {slab.all.begin(), slab.all.end()});
        for (std::size_t band = 0; band < SlabEncoder::kBands; ++band)
            encoder.encode(band);
        benchmark::DoNotOptimize(encoder.roots());
    });
}
BENCHMARK(slab_of_an_object)
    ->Args({10, 30})
    ->Args({16, 35})
    ->Args({4, 14})
    ->Unit(benchmark::kMillisecond);

// The way back of 1 MiB with four data shards missing: proofs, ciphers, rebuilding.
void chunk_of_an_object(benchmark::State& state) {
    constexpr std::size_t kData = 10, kMissing = 4, kLength = 1 << 20;
    Shards slab(kData, 30, kSectorSize);
    slab.encode();
    const auto range = shard_range(0, kLength, kData);
    const auto leaves = range.length / kLeafSize;
    std::vector<std::vector<Hash256>> proofs;
    std::vector<Hash256> roots;
    for (std::size_t i = kMissing; i < kMissing + kData; ++i) {
        proofs.push_back(build_range_proof(slab.all[i], 0, leaves));
        roots.push_back(sector_root(slab.all[i]));
    }
    const auto limit = limit_of_hashing() + 2 * limit_of_cipher();
    compare(state, kLength, limit, [&] {
        std::vector<Bytes> shards;
        std::vector<ReedSolomon::Source> sources;
        shards.reserve(kData);
        for (std::size_t i = 0; i < kData; ++i) {
            const auto got = ByteView(slab.all[kMissing + i]).first(range.length);
            if (!verify_range_proof(got, 0, proofs[i], roots[i])) std::abort();
            shards.emplace_back(got.begin(), got.end());
            apply_shard_cipher({}, kMissing + i, 0, shards.back());
            sources.push_back({kMissing + i, shards.back()});
        }
        std::vector<Bytes> rebuilt(kMissing, Bytes(range.length));
        std::vector<ReedSolomon::Target> targets;
        std::vector<ByteView> data;
        for (std::size_t i = 0; i < kMissing; ++i) {
            targets.push_back({i, rebuilt[i]});
            data.emplace_back(rebuilt[i]);
        }
        for (std::size_t i = 0; i < kData - kMissing; ++i)
            data.emplace_back(shards[i]);
        ReedSolomon(kData, 30).rebuild(sources, targets);
        Bytes plain(kLength);
        gather(data, 0, plain);
        apply_object_cipher({}, {}, plain);
        benchmark::DoNotOptimize(plain.data());
    });
}
BENCHMARK(chunk_of_an_object)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace siahub::sia
