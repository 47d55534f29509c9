#include "store/file_reader.hpp"

#include "store/layout.hpp"

namespace siahub::store {
namespace {

constexpr std::uint32_t kBatchBytes = 512 * 1024;
constexpr std::uint32_t kReadAhead = 8 * 1024 * 1024;
constexpr std::int64_t kTermsAhead = 64;

Error damaged() {
    return {Code::internal, "The stored bytes of this file are damaged. The operator was told."};
}

}  // namespace

// A run of chunks of one xorb that is read and expanded together.
struct FileReader::Batch {
    SharedIndex index;
    SharedFile body;
    std::uint32_t chunk_start = 0;
    std::uint32_t chunk_end = 0;
    std::uint32_t skip = 0;    // unpacked bytes of the run before the wanted ones
    std::uint32_t length = 0;  // wanted bytes
};

FileReader::FileReader(FileSources sources, xet::Hash file, xet::ByteSpan bytes)
    : sources_(sources), file_(file), bytes_(bytes), position_(bytes.start), ahead_(kBatchBytes) {}

Task<Result<ByteView>> FileReader::next() {
    if (position_ >= bytes_.end) co_return ByteView{};
    auto piece = co_await read_batch();
    if (piece || terms_.empty() || !may_be_outdated(piece.error().code)) co_return piece;
    // Damaged, or in another serialization than the one whose index was at hand.
    CO_TRY(co_await sources_.bodies.refresh(terms_.front().segment.xorb));
    co_return co_await read_batch();
}

Task<Result<ByteView>> FileReader::read_batch() {
    const auto batch = CO_TRY(co_await next_batch());
    auto expanded = co_await sources_.pools.compute.run([&] { return expand(batch); });
    if (!expanded) {
        sources_.log.error("xorb_damaged", {{"xorb", batch.index->xorb.hex()},
                                            {"first_chunk", std::int64_t{batch.chunk_start}},
                                            {"reason", expanded.error().message}});
        co_return Failure(damaged());
    }
    position_ += batch.length;
    co_return ByteView(plain_).subspan(batch.skip, batch.length);
}

// The term that holds position_ comes to the front.
Task<Result<void>> FileReader::load_terms() {
    while (!terms_.empty() &&
           terms_.front().file_offset + terms_.front().segment.unpacked_length <= position_)
        terms_.pop_front();
    if (!terms_.empty()) co_return Result<void>{};
    const auto found =
        CO_TRY(co_await sources_.files.terms(file_, position_, bytes_.end, kTermsAhead));
    terms_.assign(found.begin(), found.end());
    if (terms_.empty() ||
        position_ >= terms_.front().file_offset + terms_.front().segment.unpacked_length) {
        sources_.log.error("recipe_damaged", {{"file", file_.hex()}});
        co_return Failure(damaged());
    }
    co_return Result<void>{};
}

Task<Result<FileReader::Batch>> FileReader::next_batch() {
    CO_TRY(co_await load_terms());
    const Term& term = terms_.front();
    const xet::Segment& segment = term.segment;
    Batch batch{.index = CO_TRY(co_await sources_.xorbs.find(segment.xorb)), .body = nullptr};
    const xet::XorbIndex& index = *batch.index;
    if (!index.has_range(segment.chunk_start, segment.chunk_end) ||
        index.unpacked_size(segment.chunk_start, segment.chunk_end) != segment.unpacked_length) {
        sources_.log.error("recipe_damaged", {{"file", file_.hex()}});
        co_return Failure(damaged());
    }
    // In the unpacked xorb: where the wanted bytes start, and where this term or the range ends.
    const auto term_start = index.unpacked_start(segment.chunk_start);
    const auto start = term_start + static_cast<std::uint32_t>(position_ - term.file_offset);
    const auto end = end_within(term, index);
    batch.chunk_start = index.chunk_at(start);
    batch.chunk_end = batch.chunk_start + 1;
    const auto run_start = index.unpacked_start(batch.chunk_start);
    while (index.unpacked_start(batch.chunk_end) < end &&
           index.unpacked_start(batch.chunk_end + 1) - run_start <= kBatchBytes)
        ++batch.chunk_end;
    for (const Run& run : {run_, coming_.value_or(Run{})})
        if (run.holds(segment.xorb, batch.chunk_start))
            batch.chunk_end = std::min(batch.chunk_end, run.chunk_end);
    batch.skip = start - run_start;
    batch.length = std::min(index.unpacked_start(batch.chunk_end), end) - start;
    batch.body = CO_TRY(co_await body_of(batch));
    co_return batch;
}

std::uint32_t FileReader::end_within(const Term& term, const xet::XorbIndex& index) const {
    return index.unpacked_start(term.segment.chunk_start) +
           static_cast<std::uint32_t>(std::min<std::uint64_t>(term.segment.unpacked_length,
                                                              bytes_.end - term.file_offset));
}

FileReader::Run FileReader::run_from(const xet::XorbIndex& index, std::uint32_t chunk_start,
                                     std::uint32_t end) {
    Run run{.xorb = index.xorb, .chunk_start = chunk_start, .chunk_end = chunk_start + 1};
    while (index.unpacked_start(run.chunk_end) < end &&
           index.unpacked_start(run.chunk_end + 1) - index.unpacked_start(chunk_start) <= ahead_)
        ++run.chunk_end;
    ahead_ = std::min(2 * ahead_, kReadAhead);
    return run;
}

Task<Result<SharedFile>> FileReader::body_of(const Batch& batch) {
    const auto& index = *batch.index;
    const auto own = index.physical_range(batch.chunk_start, batch.chunk_end);
    if (run_.holds(index.xorb, batch.chunk_start))
        co_return co_await sources_.bodies.open(index.xorb, own);
    auto wanted = own;
    if (coming_ && coming_->holds(index.xorb, batch.chunk_start)) {
        run_ = *coming_;
    } else {
        on_its_way_.reset();
        run_ = run_from(index, batch.chunk_start, end_within(terms_.front(), index));
        wanted = index.physical_range(run_.chunk_start, run_.chunk_end);
    }
    coming_.reset();
    auto file = co_await sources_.bodies.open(index.xorb, wanted);
    if (file) co_await begin_next();
    co_return file;
}

// Behind the run that is read now, in its term or at the start of the next one.
Task<void> FileReader::begin_next() {
    for (std::size_t i = 0; i < std::min<std::size_t>(terms_.size(), 2); ++i) {
        const auto& term = terms_[i];
        if (term.file_offset >= bytes_.end) break;
        const auto index = co_await sources_.xorbs.find(term.segment.xorb);
        if (!index || !(*index)->has_range(term.segment.chunk_start, term.segment.chunk_end)) break;
        const auto first = i == 0 ? run_.chunk_end : term.segment.chunk_start;
        const auto end = end_within(term, **index);
        if ((*index)->unpacked_start(first) >= end) continue;
        coming_ = run_from(**index, first, end);
        const auto where = (*index)->physical_range(first, coming_->chunk_end);
        on_its_way_ = co_await sources_.bodies.fetch_ahead(term.segment.xorb, where);
        break;
    }
}

Result<void> FileReader::expand(const Batch& batch) {
    const auto where = batch.index->physical_range(batch.chunk_start, batch.chunk_end);
    records_.resize(where.size());
    TRY(read_exactly(batch.body->fd(), where.start, records_));
    plain_.clear();
    plain_.reserve(batch.index->unpacked_size(batch.chunk_start, batch.chunk_end));
    ByteView rest(records_);
    for (auto i = batch.chunk_start; i < batch.chunk_end; ++i) {
        const auto size = batch.index->physical_start(i + 1) - batch.index->physical_start(i);
        TRY(expand_chunk(rest.first(size), batch.index->chunks[i].hash));
        rest = rest.subspan(size);
    }
    if (plain_.size() != batch.index->unpacked_size(batch.chunk_start, batch.chunk_end))
        return fail(Code::internal, "chunks of another length");
    return {};
}

Result<void> FileReader::expand_chunk(ByteView record, const xet::Hash& expected) {
    const auto header = TRY(xet::parse_chunk_header(record.first<xet::kChunkHeader>()));
    const auto payload = record.subspan(xet::kChunkHeader);
    if (header.stored != payload.size()) return fail(Code::internal, "a record of another length");
    const auto chunk = TRY(decoder_.decode(header, payload));
    if (xet::chunk_hash(chunk) != expected) return fail(Code::internal, "a chunk of another hash");
    append(plain_, chunk);
    return {};
}

Task<Result<std::unique_ptr<FileReader>>> open_file(FileSources sources, RowId repo, xet::Hash file,
                                                    std::optional<xet::RequestedRange> range) {
    const auto info = CO_TRY(co_await sources.files.find(repo, file));
    const auto bytes = CO_TRY(resolve_range(range, info.size));
    co_return std::make_unique<FileReader>(sources, file, bytes);
}

}  // namespace siahub::store
