// What verifying a xorb costs beside the work nobody can avoid: one pass of BLAKE3 over the chunks
// and, where they are compressed, one pass of LZ4. The ratio of the two lines of a kind is the
// figure; bytes per second count uncompressed bytes.

#include "xet/chunker.hpp"
#include "xet/reconstruction_json.hpp"
#include "xet/test_data.hpp"
#include "xet/xorb_builder.hpp"
#include "xet/xorb_verifier.hpp"

#include <memory>

#include <benchmark/benchmark.h>
#include <lz4frame.h>

namespace siahub::xet {
namespace {

constexpr std::size_t kBodyBytes = 32UL * 1024 * 1024;
constexpr std::size_t kPiece = 256UL * 1024;

enum Kind : std::int64_t { incompressible, bf16, text };

Bytes content(Kind kind, std::size_t size) {
    switch (kind) {
        case incompressible:
            return test::noise(size);
        case bf16:
            return test::weights(size);
        case text:
            return test::text(size);
    }
    return {};
}

struct Body {
    Bytes records;
    XorbIndex index;
};

// A xorb of the given kind, cut as clients cut it.
const Body& body(Kind kind) {
    static std::array<std::unique_ptr<Body>, 3> bodies;
    auto& made = bodies[static_cast<std::size_t>(kind)];
    if (made) return *made;
    made = std::make_unique<Body>();
    const auto bytes = content(kind, kBodyBytes);
    Chunker chunker;
    XorbBuilder builder;
    for (ByteView rest = bytes; !rest.empty();) {
        const auto chunk = rest.first(chunker.next_cut(rest).value_or(rest.size()));
        append(made->records, builder.append(chunk_hash(chunk), chunk));
        rest = rest.subspan(chunk.size());
    }
    made->index = builder.finish();
    return *made;
}

void count_bytes(benchmark::State& state, const Body& done) {
    state.SetBytesProcessed(state.iterations() *
                            static_cast<std::int64_t>(done.index.unpacked_size()));
    state.counters["stored"] =
        static_cast<double>(done.records.size()) / static_cast<double>(done.index.unpacked_size());
}

void verify_xorb(benchmark::State& state) {
    const auto& xorb = body(static_cast<Kind>(state.range(0)));
    XorbVerifier verifier;
    for (auto _ : state) {
        verifier.reset();
        for (std::size_t at = 0; at < xorb.records.size(); at += kPiece) {
            const auto size = std::min(kPiece, xorb.records.size() - at);
            if (!verifier.feed(ByteView(xorb.records).subspan(at, size)))
                return state.SkipWithError("refused");
        }
        if (!verifier.finish(xorb.index.xorb)) return state.SkipWithError("refused");
    }
    count_bytes(state, xorb);
}

// liblz4's frame decoder and BLAKE3 over the same records, trusting every header, not regrouping.
void bare_blake3_lz4(benchmark::State& state) {
    const auto& xorb = body(static_cast<Kind>(state.range(0)));
    LZ4F_dctx* context = nullptr;
    LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
    Bytes out(kMaxChunk);
    for (auto _ : state) {
        for (std::uint32_t i = 0; i < xorb.index.chunk_count(); ++i) {
            const auto range = xorb.index.physical_range(i, i + 1);
            const auto record = ByteView(xorb.records).subspan(range.start, range.size());
            const auto header = parse_chunk_header(record.first<kChunkHeader>()).value();
            auto chunk = record.subspan(kChunkHeader);
            if (header.scheme != Scheme::none) {
                auto out_size = out.size();
                auto in_size = chunk.size();
                LZ4F_decompress(context, out.data(), &out_size, chunk.data(), &in_size, nullptr);
                chunk = ByteView(out).first(out_size);
            }
            benchmark::DoNotOptimize(chunk_hash(chunk));
        }
    }
    LZ4F_freeDecompressionContext(context);
    count_bytes(state, xorb);
}

void encode_chunks(benchmark::State& state) {
    const auto bytes = content(static_cast<Kind>(state.range(0)), kBodyBytes / 8);
    constexpr std::size_t kSize = 64UL * 1024;
    ChunkEncoder encoder;
    for (auto _ : state) {
        for (std::size_t at = 0; at < bytes.size(); at += kSize) {
            benchmark::DoNotOptimize(encoder.encode(ByteView(bytes).subspan(at, kSize)));
        }
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void chunk(benchmark::State& state) {
    const auto bytes = content(static_cast<Kind>(state.range(0)), kBodyBytes);
    Chunker chunker;
    std::size_t cuts = 0;
    for (auto _ : state) {
        chunker.reset();
        cuts = 0;
        for (ByteView rest = bytes; !rest.empty(); ++cuts) {
            rest = rest.subspan(chunker.next_cut(rest).value_or(rest.size()));
        }
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
    state.counters["mean"] = static_cast<double>(bytes.size()) / static_cast<double>(cuts);
}

// A file of 1000 whole xorbs, planned and rendered.
void plan_large_file(benchmark::State& state) {
    const auto& index = body(incompressible).index;
    const Segment whole{index.xorb, 0, index.chunk_count(), index.unpacked_size()};
    const std::vector<Segment> file(1'000, whole);
    const auto lookup = [&](const Hash&) { return &index; };
    const auto url = [](std::string& out, const Hash&, const ByteSpan&) { out += "http://host/x"; };
    for (auto _ : state) {
        const auto plan = plan_reconstruction(select_segments(file, {}).value(), lookup).value();
        benchmark::DoNotOptimize(render_v2(plan, url));
    }
}

void every_kind(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgName("kind")
        ->Arg(incompressible)
        ->Arg(bf16)
        ->Arg(text)
        ->Unit(benchmark::kMillisecond);
}

BENCHMARK(verify_xorb)->Apply(every_kind);
BENCHMARK(bare_blake3_lz4)->Apply(every_kind);
BENCHMARK(encode_chunks)->Apply(every_kind);
BENCHMARK(chunk)->Apply(every_kind);
BENCHMARK(plan_large_file)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace siahub::xet
