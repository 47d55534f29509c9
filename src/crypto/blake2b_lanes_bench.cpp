// Sector-sized runs of leaves through every kernel, and one by one with libsodium: the ratio
// between the two is what the lanes are for.
#include "crypto/blake2b.hpp"
#include "crypto/blake2b_lanes.hpp"

#include <benchmark/benchmark.h>

namespace siahub {
namespace {

constexpr std::size_t kMessages = 65536;

void one_by_one(benchmark::State& state) {
    const Bytes messages(kMessages * kLaneMessage, std::byte{7});
    Bytes digests(kMessages * kLaneDigest);
    for (auto _ : state) {
        for (std::size_t i = 0; i < kMessages; ++i) {
            std::array<std::byte, 1 + kLaneMessage> message{};
            std::memcpy(message.data() + 1, messages.data() + i * kLaneMessage, kLaneMessage);
            const auto digest = blake2b_256(message);
            std::memcpy(digests.data() + i * kLaneDigest, digest.data(), digest.size());
        }
        benchmark::DoNotOptimize(digests.data());
    }
    state.SetBytesProcessed(state.iterations() * std::ssize(messages));
}
BENCHMARK(one_by_one)->Name("blake2b_leaves/libsodium");

void in_lanes(benchmark::State& state) {
    const auto kernels = lane_kernels();
    const auto index = static_cast<std::size_t>(state.range(0));
    if (index >= kernels.size()) return state.SkipWithError("this CPU has no such vectors");
    const Bytes messages(kMessages * kLaneMessage, std::byte{7});
    Bytes digests(kMessages * kLaneDigest);
    for (auto _ : state) {
        blake2b_each_with(kernels[index], std::byte{0}, messages, digests);
        benchmark::DoNotOptimize(digests.data());
    }
    state.SetLabel(std::string(kernels[index].name));
    state.SetBytesProcessed(state.iterations() * std::ssize(messages));
}
BENCHMARK(in_lanes)->Name("blake2b_leaves/lanes")->DenseRange(0, 2);

}  // namespace
}  // namespace siahub
