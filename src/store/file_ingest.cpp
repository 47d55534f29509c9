#include "store/file_ingest.hpp"

#include "db/transact.hpp"
#include "store/chunk_places.hpp"
#include "store/columns.hpp"
#include "store/registration.hpp"

namespace siahub::store {
namespace {

Task<Result<void>> write_registration(db::Transaction& transaction,
                                      const Registration& registration) {
    CO_TRY(co_await registration.write(transaction));
    co_return co_await transaction.commit();
}

}  // namespace

// The state machine behind an ingest. advance() does what needs no waiting, on the compute pool,
// and says what to wait for.
struct FileIngest::Work {
    enum class Pause { need_bytes, ask_dedup, xorb_full };

    // A chunk that was cut and not placed yet.
    struct Cut {
        ByteView bytes;  // of the piece being fed, or of `partial`
        xet::Hash hash;
        bool was_asked = false;
    };
    // Chunks [start, end) of xorbs[xorb].
    struct Run {
        std::uint32_t xorb = 0;
        std::uint32_t start = 0;
        std::uint32_t end = 0;
        std::uint32_t length = 0;
    };

    Work(IngestSinks to, RowId owner, ExpectedFile expect)
        : sinks(to), repo(owner), expected(expect) {}

    Result<Pause> advance(ByteView& piece, bool is_last);
    bool cut_next(ByteView& piece, bool is_last);
    Result<std::optional<Pause>> place_cut();
    [[nodiscard]] bool is_worth_asking() const;
    [[nodiscard]] bool follows_stored() const;
    void extend_runs(ChunkPlace place, std::size_t size);
    void learn(const SharedIndex& index);
    Task<Result<void>> ask_dedup();
    Task<Result<void>> store_xorb();
    Task<Result<void>> register_file(const IngestedFile& file);
    [[nodiscard]] std::vector<xet::Segment> segments() const;

    IngestSinks sinks;
    RowId repo;
    ExpectedFile expected;
    xet::Chunker chunker;
    Bytes partial;  // the start of a chunk whose end has not come
    Sha256Hasher sha256;
    xet::TreeHasher tree;
    std::uint64_t size = 0;
    std::uint64_t new_bytes = 0;
    std::optional<Cut> cut;
    std::optional<TempFile> file;  // of the xorb being built, xorbs[building]
    xet::XorbBuilder builder;
    std::uint32_t building = 0;
    std::vector<xet::Hash> xorbs;  // zero while being built
    std::vector<Run> runs;
    ChunkPlaces places;
    std::vector<DedupEntry> dedup_entries;
    std::vector<xet::Hash> open_entries;  // eligible chunks of the xorb being built
    xet::Hash first_chunk;
    std::optional<std::uint32_t> asked_what_follows;  // the last such xorb
};

namespace {

Failure mismatch(std::string_view what) {
    return fail(Code::invalid_argument,
                "The uploaded bytes do not have the expected " + std::string(what) + ".");
}

}  // namespace

// The next chunk into `cut`; false when its end has not come.
bool FileIngest::Work::cut_next(ByteView& piece, bool is_last) {
    if (cut) return true;
    const auto at = chunker.next_cut(piece);
    const auto taken = piece.first(at.value_or(piece.size()));
    piece = piece.subspan(taken.size());
    ByteView chunk = taken;
    if (!partial.empty() || !at) {
        append(partial, taken);
        chunk = partial;
    }
    if (!at && (!is_last || chunk.empty())) return false;
    cut = Cut{.bytes = chunk, .hash = xet::chunk_hash(chunk)};
    tree.add(cut->hash, chunk.size());
    if (runs.empty()) first_chunk = cut->hash;
    return true;
}

// Nothing when the chunk found its place, else what must be done first.
Result<std::optional<FileIngest::Work::Pause>> FileIngest::Work::place_cut() {
    if (const auto known = places.find(cut->hash)) {
        extend_runs(*known, cut->bytes.size());
    } else if (!cut->was_asked && is_worth_asking()) {
        return Pause::ask_dedup;
    } else if (!builder.fits(cut->bytes.size())) {
        return Pause::xorb_full;
    } else {
        if (builder.empty()) {
            file.emplace(TRY(sinks.bodies.new_temp_file()));
            building = static_cast<std::uint32_t>(xorbs.size());
            xorbs.emplace_back();
        }
        const ChunkPlace place{.xorb = building, .chunk = builder.chunk_count()};
        TRY(file->append(builder.append(cut->hash, cut->bytes)));
        new_bytes += cut->bytes.size();
        places.add(cut->hash, place);
        if (xet::is_dedup_eligible(cut->hash)) open_entries.push_back(cut->hash);
        extend_runs(place, cut->bytes.size());
    }
    cut.reset();
    partial.clear();
    return std::nullopt;
}

// Clients ask about the first chunk of a file and about eligible ones. Here the first unknown chunk
// after a run of stored ones is worth a look as well: an old version may go on in another xorb.
bool FileIngest::Work::is_worth_asking() const {
    if (runs.empty() || xet::is_dedup_eligible(cut->hash)) return true;
    return follows_stored() && asked_what_follows != runs.back().xorb;
}

bool FileIngest::Work::follows_stored() const {
    return !runs.empty() && !xorbs[runs.back().xorb].is_zero();
}

Result<FileIngest::Work::Pause> FileIngest::Work::advance(ByteView& piece, bool is_last) {
    while (cut_next(piece, is_last))
        if (const auto pause = TRY(place_cut())) return *pause;
    return Pause::need_bytes;
}

void FileIngest::Work::extend_runs(ChunkPlace place, std::size_t chunk_size) {
    const auto length = static_cast<std::uint32_t>(chunk_size);
    if (!runs.empty() && runs.back().xorb == place.xorb && runs.back().end == place.chunk) {
        ++runs.back().end;
        runs.back().length += length;
        return;
    }
    runs.push_back(
        {.xorb = place.xorb, .start = place.chunk, .end = place.chunk + 1, .length = length});
}

void FileIngest::Work::learn(const SharedIndex& index) {
    const auto ordinal = static_cast<std::uint32_t>(xorbs.size());
    xorbs.push_back(index->xorb);
    for (std::uint32_t i = 0; i < index->chunk_count(); ++i)
        places.add(index->chunks[i].hash, {.xorb = ordinal, .chunk = i});
}

Task<Result<void>> FileIngest::Work::ask_dedup() {
    cut->was_asked = true;
    auto found = co_await sinks.dedup.find_any(cut->hash);
    if (!found && found.error().code == Code::not_found && follows_stored()) {
        asked_what_follows = runs.back().xorb;
        found = co_await sinks.dedup.find_sequel(xorbs[runs.back().xorb]);
    }
    if (found) {
        learn(*found);
    } else if (found.error().code != Code::not_found) {
        co_return Failure(std::move(found).error());
    }
    co_return Result<void>{};
}

Task<Result<void>> FileIngest::Work::store_xorb() {
    auto index = builder.finish();
    auto body = std::move(*file);
    file.reset();
    const auto stored = CO_TRY(co_await sinks.xorbs.commit(std::move(body), std::move(index)));
    xorbs[building] = stored.index->xorb;
    for (const xet::Hash& chunk : open_entries)
        dedup_entries.push_back({.chunk = chunk, .xorb = stored.index->xorb});
    open_entries.clear();
    co_return Result<void>{};
}

std::vector<xet::Segment> FileIngest::Work::segments() const {
    std::vector<xet::Segment> segments;
    segments.reserve(runs.size());
    for (const Run& run : runs)
        segments.push_back({.xorb = xorbs[run.xorb],
                            .chunk_start = run.start,
                            .chunk_end = run.end,
                            .unpacked_length = run.length});
    return segments;
}

Task<Result<void>> FileIngest::Work::register_file(const IngestedFile& ingested) {
    const auto recipe = segments();
    Registration registration(repo, sinks.clock.now(), Sha256Source::computed);
    registration.add_file({.file = ingested.file,
                           .size = ingested.size,
                           .sha256 = ingested.sha256,
                           .segments = recipe});
    if (!recipe.empty())
        registration.add_dedup_entry({.chunk = first_chunk, .xorb = recipe.front().xorb});
    for (const DedupEntry& entry : dedup_entries)
        registration.add_dedup_entry(entry);
    co_return co_await db::transact(sinks.database, db::Isolation::read_committed,
                                    write_registration, registration);
}

FileIngest::FileIngest(IngestSinks sinks, RowId repo, ExpectedFile expected)
    : work_(std::make_unique<Work>(sinks, repo, expected)) {}

FileIngest::~FileIngest() = default;

Task<Result<void>> FileIngest::drive(ByteView piece, bool is_last) {
    ByteView unhashed = piece;
    for (;;) {
        const auto pause = CO_TRY(co_await work_->sinks.pools.compute.run([&] {
            work_->sha256.update(std::exchange(unhashed, {}));
            return work_->advance(piece, is_last);
        }));
        if (pause == Work::Pause::need_bytes) co_return Result<void>{};
        CO_TRY(pause == Work::Pause::ask_dedup ? co_await work_->ask_dedup()
                                               : co_await work_->store_xorb());
    }
}

Task<Result<void>> FileIngest::feed(ByteView piece) {
    work_->size += piece.size();
    if (work_->expected.size && work_->size > *work_->expected.size) co_return mismatch("size");
    co_return co_await drive(piece, false);
}

Task<Result<IngestedFile>> FileIngest::finish() {
    Work& work = *work_;
    if (work.expected.size && work.size != *work.expected.size) co_return mismatch("size");
    IngestedFile result;
    result.size = work.size;
    result.sha256 = work.sha256.finish();
    if (work.expected.sha256 && result.sha256 != *work.expected.sha256)
        co_return mismatch("SHA-256");
    CO_TRY(co_await drive({}, true));  // the last chunk
    if (!work.builder.empty()) CO_TRY(co_await work.store_xorb());
    result.file = xet::file_hash_from_root(work.tree.finish(), work.size > 0);
    result.new_bytes = work.new_bytes;
    CO_TRY(co_await work.register_file(result));
    co_return result;
}

}  // namespace siahub::store
