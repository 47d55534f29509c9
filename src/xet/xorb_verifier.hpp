#pragma once
// Checks an uploaded xorb while it arrives: the only integrity gate of the system, since clients
// check no hashes on download. Sans-I/O: the caller feeds pieces of any size and stores the bytes
// it is told to. Every record is bounds-checked, expanded to exactly the stated length and hashed;
// an optional footer (version 0 or 1) must agree with the records and is then dropped; anything
// else after the records is an error. Format: docs/formats/xorb.md.
//
// Memory: at most one record is held (a plain chunk never is), plus 40 bytes per chunk seen. One
// verifier serves one upload at a time on one thread; reset() makes it ready for the next and keeps
// its buffers. CPU: about one BLAKE3 and one LZ4 pass over what is fed, so a 256 KiB piece costs
// 0.1 to 0.3 ms. Errors are invalid_argument or payload_too_large and final until reset().

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "xet/chunk_codec.hpp"
#include "xet/xorb_footer.hpp"
#include "xet/xorb_index.hpp"

namespace siahub::xet {

class XorbVerifier {
  public:
    // How many leading bytes of `piece` are chunk records: exactly these are to be stored.
    Result<std::size_t> feed(ByteView piece);
    // After the last piece: the index with the computed xorb hash. Comparing it with the hash the
    // client claims is the caller's.
    Result<XorbIndex> finish();
    // finish() and that comparison.
    Result<XorbIndex> finish(const Hash& claimed);
    // Bytes of chunk records so far.
    [[nodiscard]] std::uint64_t records_size() const { return records_size_; }
    void reset();

  private:
    enum class State { header, payload, footer, done };

    Result<std::size_t> consume(ByteView piece);
    Result<std::size_t> take_header(ByteView piece);
    Result<std::size_t> take_payload(ByteView piece);
    Result<void> begin_record();
    void end_record(const Hash& hash);

    State state_ = State::header;
    ChunkDecoder decoder_;
    ChunkHasher plain_hasher_;
    ChunkHeader header_;
    std::array<std::byte, kChunkHeader> header_bytes_{};
    std::size_t header_have_ = 0;
    std::size_t payload_have_ = 0;
    Bytes payload_;
    XorbIndex index_;
    TreeHasher tree_;
    std::uint64_t records_size_ = 0;
    FooterVerifier footer_;
};

}  // namespace siahub::xet
