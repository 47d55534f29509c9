#pragma once
// Writes a pack, the form in which git moves objects: each whole and compressed by zlib, no deltas.
// What comes out is appended to a buffer of the caller, who sends it on whenever he likes.
// Source: gitformat-pack(5).

#include "core/bytes.hpp"
#include "crypto/digest.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace siahub::git {

enum class ObjectType : std::uint8_t { commit = 1, tree = 2, blob = 3 };

class PackWriter {
  public:
    // begin_object() will be called so many times.
    PackWriter(std::string& out, std::uint32_t objects);
    ~PackWriter();
    PackWriter(const PackWriter&) = delete;
    PackWriter& operator=(const PackWriter&) = delete;

    // The pieces added until end_object() have `size` bytes together.
    void begin_object(ObjectType type, std::uint64_t size);
    void add(ByteView piece);
    void end_object();
    // After the last object: its checksum.
    void finish();

  private:
    struct Deflate;

    void write(ByteView bytes);
    void deflate(ByteView piece, bool is_last);

    std::string& out_;
    Sha1Hasher checksum_;
    std::unique_ptr<Deflate> deflate_;
};

}  // namespace siahub::git
