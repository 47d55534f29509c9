#pragma once
// For the tests of siamux: bytes from hex, sessions that need no handshake, sinks that remember.

#include "sia/mux/engine.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace siahub::sia::mux::testing {

inline Bytes from_hex(std::string_view hex) {
    Bytes out(hex.size() / 2);
    EXPECT_TRUE(siahub::from_hex(hex, out));
    return out;
}

template <std::size_t Size>
std::array<std::byte, Size> filled(int value) {
    std::array<std::byte, Size> out;
    out.fill(static_cast<std::byte>(value));
    return out;
}

inline Session session(Role role, std::uint32_t packet_size = 4320) {
    return {.role = role, .key = filled<32>(7), .settings = {.packet_size = packet_size}};
}

class RecordingSink final : public StreamSink {
  public:
    bool on_data(ByteView bytes) override {
        data += as_chars(bytes);
        return data.size() <= capacity;
    }
    void on_end(Error why) override { ends.push_back(std::move(why)); }

    std::string data;
    std::size_t capacity = 1 << 30;
    std::vector<Error> ends;
};

class RecordingAcceptor final : public StreamAcceptor {
  public:
    StreamSink& on_open(StreamId id) override {
        ids.push_back(id);
        return *sinks.emplace_back(std::make_unique<RecordingSink>());
    }
    std::vector<StreamId> ids;
    std::vector<std::unique_ptr<RecordingSink>> sinks;
};

// A frame as it stands in a block.
inline Bytes frame(StreamId id, std::uint16_t flags, std::string_view payload = "") {
    Bytes out;
    append(out, encode_header(id, flags, payload.size()));
    append(out, as_bytes(payload));
    return out;
}

}  // namespace siahub::sia::mux::testing
