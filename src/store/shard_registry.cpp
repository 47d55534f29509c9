#include "store/shard_registry.hpp"

#include "db/transact.hpp"
#include "store/columns.hpp"
#include "store/registration.hpp"
#include "xet/chunker.hpp"
#include "xet/shard_parser.hpp"
#include "xet/shard_verifier.hpp"

namespace siahub::store {
namespace {

struct ParsedShard {
    xet::Hash hash;
    xet::Shard shard;
};

Result<ParsedShard> parse(ByteView body) {
    auto shard = TRY(xet::parse_shard(body));
    return ParsedShard{.hash = xet::Hash::from_raw(blake3(body)), .shard = std::move(shard)};
}

// How many segments from `first` on name at most kXorbsAtOnce xorbs, and which.
struct Window {
    std::size_t segments = 0;
    std::vector<xet::Hash> xorbs;
};

// An index takes up to 320 KiB.
constexpr std::size_t kXorbsAtOnce = 32;

Window window_from(const xet::ShardFile& file, std::size_t first) {
    Window window;
    for (auto i = first; i < file.segments.size(); ++i, ++window.segments) {
        const auto& xorb = file.segments[i].xorb;
        if (std::ranges::find(window.xorbs, xorb) != window.xorbs.end()) continue;
        if (window.xorbs.size() == kXorbsAtOnce) break;
        window.xorbs.push_back(xorb);
    }
    return window;
}

void add_eligible_chunks(Registration& registration, const xet::ShardXorb& xorb) {
    for (const xet::ShardChunk& chunk : xorb.chunks)
        if (chunk.dedup_eligible || xet::is_dedup_eligible(chunk.hash))
            registration.add_dedup_entry({.chunk = chunk.hash, .xorb = xorb.xorb});
}

// Whether the shard is new to the repository.
Task<Result<bool>> write_shard(db::Transaction& transaction, const db::Params& row,
                               const Registration& registration) {
    const auto inserted = CO_TRY(co_await transaction.query(
        "INSERT INTO shards (hash, repo_id, size, received_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (hash, repo_id) DO NOTHING RETURNING 1",
        row));
    CO_TRY(co_await registration.write(transaction));
    CO_TRY(co_await transaction.commit());
    co_return !inserted.empty();
}

// Clients remember for weeks what they have uploaded, and send it again only when they forget.
Failure not_here(const xet::Hash& xorb) {
    return fail(Code::invalid_argument,
                "Xorb " + xorb.hex() +
                    " has not been uploaded, or this hub has lost it. A client that remembers an "
                    "earlier upload must forget it: delete its directory of HF_XET_CACHE (by "
                    "default ~/.cache/huggingface/xet), then upload again");
}

std::vector<xet::Hash> needed_xorbs(const xet::Shard& shard) {
    std::vector<xet::Hash> xorbs;
    for (const auto& file : shard.files)
        for (const auto& segment : file.segments)
            xorbs.push_back(segment.xorb);
    std::ranges::sort(xorbs);
    const auto repeated = std::ranges::unique(xorbs);
    xorbs.erase(repeated.begin(), repeated.end());
    return xorbs;
}

}  // namespace

ShardRegistry::ShardRegistry(db::Database& database, XorbCatalog& catalog, Pools pools,
                             const Clock& clock)
    : database_(database), catalog_(catalog), pools_(pools), clock_(clock) {}

Task<Result<RegisteredShard>> ShardRegistry::register_shard(RowId repo, ByteView body,
                                                            VerifyProgress progress) {
    const auto parsed = CO_TRY(co_await pools_.compute.run([&] { return parse(body); }));
    const xet::Shard& shard = parsed.shard;
    CO_TRY(co_await verify_xorbs(shard));
    Registration registration(repo, clock_.now(), Sha256Source::claimed);
    RegisteredShard result{.files = shard.files.size()};
    for (const xet::ShardFile& file : shard.files) {
        CO_TRY(co_await verify_file(file, registration));
        result.bytes += file.size();
        registration.add_file({.file = file.file,
                               .size = file.size(),
                               .sha256 = file.sha256,
                               .segments = file.segments});
        if (progress)
            progress(static_cast<std::size_t>(&file - shard.files.data()) + 1, result.files);
    }
    result.xorbs = needed_xorbs(shard);
    for (const xet::ShardXorb& xorb : shard.xorbs)
        add_eligible_chunks(registration, xorb);

    const db::Params row{parsed.hash.view(), repo, as_integer(body.size()), clock_.now()};
    result.is_new = CO_TRY(co_await db::transact(database_, db::Isolation::read_committed,
                                                 write_shard, row, registration));
    co_return result;
}

Task<Result<void>> ShardRegistry::verify_xorbs(const xet::Shard& shard) {
    for (const xet::ShardXorb& xorb : shard.xorbs) {
        auto index = co_await catalog_.find(xorb.xorb);
        if (!index && index.error().code == Code::not_found) co_return not_here(xorb.xorb);
        const auto stored = CO_TRY(std::move(index));
        CO_TRY(xet::verify_xorb(xorb, *stored));
    }
    co_return Result<void>{};
}

Task<Result<void>> ShardRegistry::verify_file(const xet::ShardFile& file,
                                              Registration& registration) {
    // Hashing the chunk list of a small file takes less than a change of threads.
    const bool is_small = file.size() <= 64UL * 1024 * 1024;
    xet::FileVerifier verifier(file);
    CO_TRY(verifier.begin());
    for (std::size_t done = 0; done < file.segments.size();) {
        const auto window = window_from(file, done);
        const auto indexes = CO_TRY(co_await catalog_.load(window.xorbs));
        for (const auto& xorb : window.xorbs)
            if (indexes.find(xorb) == nullptr) co_return not_here(xorb);
        const auto verify = [&] {
            return verifier.verify_segments(window.segments, indexes.lookup());
        };
        CO_TRY(is_small ? verify() : co_await pools_.compute.run(verify));
        if (done == 0) {
            const xet::Segment& first = file.segments.front();
            const auto& chunk = indexes.find(first.xorb)->chunks[first.chunk_start];
            registration.add_dedup_entry({.chunk = chunk.hash, .xorb = first.xorb});
        }
        done += window.segments;
    }
    CO_TRY(verifier.finish());
    co_return Result<void>{};
}

}  // namespace siahub::store
