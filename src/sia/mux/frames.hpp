#pragma once
// Frames: the pieces of streams inside the packets of a siamux connection. A header is u32 (stream
// id << 1 | 1), u16 payload length, u16 flags; frames may straddle packets. Where a frame could
// begin, a byte whose lowest bit is clear means that the rest of the packet is padding (in which
// other programs can hide frames of their own; those are passed over). A reader belongs to one
// thread; its errors are invalid_argument and end the connection.

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <optional>

namespace siahub::sia::mux {

using StreamId = std::uint32_t;

constexpr std::uint16_t kFlagFirst = 1;  // the peer learns of the stream
constexpr std::uint16_t kFlagLast = 2;   // nothing follows
constexpr std::uint16_t kFlagError = 4;  // with kFlagLast: the payload says why

constexpr StreamId kKeepaliveId = 0;
constexpr StreamId kLowestStreamId = 256;
constexpr StreamId kEndOfStreamIds = 1u << 30;

struct Frame {
    StreamId id = 0;
    std::uint16_t flags = 0;
    ByteView payload;
};

std::array<std::byte, 8> encode_header(StreamId id, std::uint16_t flags, std::size_t length);

class FrameReader {
  public:
    explicit FrameReader(std::size_t packet_size);

    // One decrypted packet, which stays where it is until next() has returned nothing.
    void feed(ByteView block) { rest_ = block; }
    // The next whole frame; its payload is valid until the next call.
    Result<std::optional<Frame>> next();

  private:
    bool complete(std::size_t size);

    std::size_t max_payload_;
    ByteView rest_;
    Bytes partial_;    // a frame that began in an earlier packet
    Bytes assembled_;  // such a frame, whole, while the caller looks at it
};

}  // namespace siahub::sia::mux
