#pragma once
// A pull stream of bytes [start, end) of a file, rebuilt from xorbs while it is read. Chunks are
// read and expanded on the compute pool, 512 KiB at a time; memory is about 1.2 MiB per stream
// whatever the size of the file. Every chunk is checked against its hash, so damaged bytes on disk
// end the stream with Code::internal instead of being served. One task at a time.

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
    Task<Result<ByteView>> read_batch();
    Task<Result<void>> load_terms();
    Task<Result<Batch>> next_batch();
    Result<void> expand(const Batch& batch);
    Result<void> expand_chunk(ByteView record, const xet::Hash& expected);

    FileSources sources_;
    xet::Hash file_;
    xet::ByteSpan bytes_;
    std::uint64_t position_;  // of the next byte to deliver
    std::deque<Term> terms_;  // the front holds position_
    // Bytes that are asked for at once: few before the first are sent, more and more later.
    std::uint32_t ahead_;
    xet::Hash asked_xorb_;  // what was asked for the last time, and up to which chunk
    std::uint32_t asked_until_ = 0;
    xet::ChunkDecoder decoder_;
    Bytes records_;
    Bytes plain_;
};

// find(), resolve_range() and a reader.
Task<Result<std::unique_ptr<FileReader>>> open_file(FileSources sources, RowId repo, xet::Hash file,
                                                    std::optional<xet::RequestedRange> range = {});

}  // namespace siahub::store
