#pragma once
// A pull stream of bytes [start, end) of a file, rebuilt from xorbs while it is read. Chunks are
// read and expanded on the compute pool, 512 KiB at a time; memory is about 1.2 MiB per stream
// whatever the size of the file. Where bodies come from afar, the next megabytes are fetched (into
// the cache on disk) while these are sent. Every chunk is checked against its hash, so damaged
// bytes on disk end the stream with Code::internal instead of being served. One task at a time;
// destroyed on its executor.

#include "core/log.hpp"
#include "store/bodies.hpp"
#include "store/file_catalog.hpp"
#include "store/pools.hpp"
#include "xet/chunk_codec.hpp"

#include <deque>

namespace siahub::store {

// What a reader needs; all of it outlives the reader.
struct FileSources {
    FileCatalog& files;
    XorbCatalog& xorbs;
    Bodies& bodies;
    Pools pools;
    const Log& log;
};

class FileReader {
  public:
    // The caller has checked that the file may be read, and that the span lies within it.
    FileReader(FileSources sources, xet::Hash file, xet::ByteSpan bytes);

    // The next bytes, valid until the next call; empty after the last.
    Task<Result<ByteView>> next();
    [[nodiscard]] std::uint64_t remaining() const { return bytes_.end - position_; }

  private:
    struct Batch;
    // Chunks of a xorb that are asked for at once.
    struct Run {
        xet::Hash xorb;
        std::uint32_t chunk_start = 0;
        std::uint32_t chunk_end = 0;
        [[nodiscard]] bool holds(const xet::Hash& of, std::uint32_t chunk) const {
            return xorb == of && chunk_start <= chunk && chunk < chunk_end;
        }
    };
    Task<Result<ByteView>> read_batch();
    Task<Result<void>> load_terms();
    Task<Result<Batch>> next_batch();
    // The run that holds this batch, asked for if need be, and those behind it on their way.
    Task<Result<SharedFile>> body_of(const Batch& batch);
    // From this chunk on, up to the chunk that holds the unpacked position `end`.
    Run run_from(const xet::XorbIndex& index, std::uint32_t chunk_start, std::uint32_t end);
    Task<void> begin_next();
    // Of the front term and its xorb: the unpacked position at which it, or the range, ends.
    [[nodiscard]] std::uint32_t end_within(const Term& term, const xet::XorbIndex& index) const;
    Result<void> expand(const Batch& batch);
    Result<void> expand_chunk(ByteView record, const xet::Hash& expected);

    FileSources sources_;
    xet::Hash file_;
    xet::ByteSpan bytes_;
    std::uint64_t position_;  // of the next byte to deliver
    std::deque<Term> terms_;  // the front holds position_
    // Bytes that are asked for at once: few before the first are sent, more and more later.
    std::uint32_t ahead_;
    Run run_;                    // being read
    std::optional<Run> coming_;  // the one after it
    std::unique_ptr<FetchAhead> on_its_way_;
    xet::ChunkDecoder decoder_;
    Bytes records_;
    Bytes plain_;
};

// find(), resolve_range() and a reader.
Task<Result<std::unique_ptr<FileReader>>> open_file(FileSources sources, RowId repo, xet::Hash file,
                                                    std::optional<xet::RequestedRange> range = {});

}  // namespace siahub::store
