#pragma once
// Xet hashes: 32 bytes of keyed BLAKE3, and the Merkle tree that turns chunk hashes into the hash
// of a xorb or of a file. Format: docs/formats/hashes.md. Pure functions; only parse_hash() can
// fail.
//
// The text form is not the usual hex: a hash is four little-endian words, each printed with its
// most significant digit first, so bytes are reversed within every group of eight. Paths, JSON and
// the text that the tree hashes use this form; binary formats hold the raw bytes.

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "crypto/blake3.hpp"
#include "crypto/digest.hpp"

#include <array>
#include <compare>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::xet {

struct Hash {
    std::array<std::byte, 32> bytes{};

    // Exactly 32 raw bytes, as read from a binary format or a database column.
    static Hash from_raw(std::span<const std::byte, 32> raw);

    [[nodiscard]] ByteView view() const { return bytes; }
    // Word i (0..3) as a number: word 0 keys lookup tables, word 3 decides cuts and eligibility.
    [[nodiscard]] std::uint64_t word(std::size_t i) const {
        return load_le<std::uint64_t>(&bytes[8 * i]);
    }
    [[nodiscard]] bool is_zero() const { return *this == Hash{}; }
    // 64 lower-case digits of the Xet text form.
    [[nodiscard]] std::string hex() const;
    void append_hex(std::string& out) const;

    friend auto operator<=>(const Hash&, const Hash&) = default;
};

// 64 digits of either case in the Xet text form; anything else is invalid_argument.
Result<Hash> parse_hash(std::string_view hex);

// A shard stores a SHA-256 as if its usual hex were Xet text, i.e. with each group of eight
// reversed.
Hash stored_from_sha256(const Sha256& digest);
Sha256 sha256_from_stored(const Hash& stored);

Hash chunk_hash(ByteView chunk);
// The hash under which a dedup answer shows a chunk. A zero key means plain hashes to clients; it
// gets no special treatment here.
Hash keyed_chunk_hash(const Blake3Key& key, const Hash& chunk);

// The incremental form of chunk_hash().
class ChunkHasher {
  public:
    ChunkHasher();
    void update(ByteView bytes) { state_.update(bytes); }
    // The hash of the bytes so far; starts anew.
    [[nodiscard]] Hash finish();

  private:
    Blake3 state_;
};

// The verification hash of a segment: proof that the uploader knows its chunk hashes.
class RangeHasher {
  public:
    RangeHasher();
    void add(const Hash& chunk) { state_.update(chunk.view()); }
    [[nodiscard]] Hash finish();

  private:
    Blake3 state_;
};
Hash range_hash(std::span<const Hash> chunks);

struct SizedHash {
    Hash hash;
    std::uint64_t size = 0;
};

// The Merkle tree over (hash, size) pairs in order, built while they arrive: memory is a handful of
// nodes per level, whatever the length. No pairs give the zero hash, one pair gives its own hash.
class TreeHasher {
  public:
    void add(const Hash& hash, std::uint64_t size);
    // The root over everything added; starts anew.
    [[nodiscard]] Hash finish();

  private:
    struct Level {
        std::array<SizedHash, 9> open;
        std::size_t open_count = 0;
        bool has_closed = false;
    };
    void add_at(std::size_t level, SizedHash node);
    void close_group(std::size_t level);

    std::vector<Level> levels_;
};

Hash aggregate(std::span<const SizedHash> nodes);
inline Hash xorb_hash(std::span<const SizedHash> chunks) {
    return aggregate(chunks);
}
Hash file_hash(std::span<const SizedHash> chunks);
// The last step of file_hash() for a root built by TreeHasher. Only the file without chunks has the
// zero hash; a root that is zero although there were chunks is hashed like any other.
Hash file_hash_from_root(const Hash& root, bool has_chunks);

}  // namespace siahub::xet

template <>
struct std::hash<siahub::xet::Hash> {
    // Word 0 of a BLAKE3 output is spread evenly already.
    std::size_t operator()(const siahub::xet::Hash& h) const noexcept { return h.word(0); }
};
