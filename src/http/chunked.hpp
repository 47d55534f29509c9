#pragma once
// The chunked transfer coding (RFC 9112 §7.1) without I/O: feed it framing bytes, take data bytes
// past it. Strict: CRLF only, no white space around the size, bounded extensions and trailers,
// which are checked for form and thrown away.

#include <cstdint>
#include <string_view>

namespace siahub::http {

class ChunkedDecoder {
  public:
    // Consumes framing bytes up to the next data byte, the end of the body, or an error; returns
    // how many it took. Takes nothing while data_left() > 0.
    std::size_t feed(std::string_view bytes);
    // The next bytes that belong to the body, which the caller takes himself.
    [[nodiscard]] std::uint64_t data_left() const { return data_left_; }
    void take_data(std::uint64_t count);

    [[nodiscard]] bool done() const { return state_ == State::done; }
    [[nodiscard]] bool broken() const { return state_ == State::broken; }

  private:
    enum class State {
        size_first,
        size,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_first,
        trailer,
        trailer_lf,
        end_lf,
        done,
        broken
    };
    [[nodiscard]] State next(char c);
    [[nodiscard]] State next_of_size(char c);
    [[nodiscard]] State next_of_trailer(char c);
    [[nodiscard]] State begin_chunk() const;

    State state_ = State::size_first;
    std::uint64_t size_ = 0;
    std::uint64_t data_left_ = 0;
    std::uint32_t line_ = 0;      // bytes of the current size line
    std::uint32_t trailers_ = 0;  // bytes of all trailers
};

}  // namespace siahub::http
