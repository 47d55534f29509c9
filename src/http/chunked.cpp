#include "http/chunked.hpp"

#include <algorithm>

namespace siahub::http {

namespace {

constexpr std::uint32_t kMaxSizeLine = 512;
constexpr std::uint32_t kMaxTrailers = 8 * 1024;

constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool is_text(char c) {
    const auto value = static_cast<unsigned char>(c);
    return (value >= 0x20 || c == '\t') && value != 0x7f;
}

}  // namespace

std::size_t ChunkedDecoder::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ != State::data && !done() && !broken()) {
        state_ = next(bytes[used++]);
        if (state_ == State::data) data_left_ = size_;
    }
    return used;
}

void ChunkedDecoder::take_data(std::uint64_t count) {
    data_left_ -= std::min(count, data_left_);
    if (state_ == State::data && data_left_ == 0) state_ = State::data_cr;
}

ChunkedDecoder::State ChunkedDecoder::next(char c) {
    switch (state_) {
        case State::size_first:
        case State::size:
        case State::extension:
            return next_of_size(c);
        case State::size_lf:
            return c == '\n' ? begin_chunk() : State::broken;
        case State::data_cr:
            return c == '\r' ? State::data_lf : State::broken;
        case State::data_lf:
            size_ = 0;
            line_ = 0;
            return c == '\n' ? State::size_first : State::broken;
        case State::trailer_first:
        case State::trailer:
        case State::trailer_lf:
            return next_of_trailer(c);
        case State::end_lf:
            return c == '\n' ? State::done : State::broken;
        case State::data:
        case State::done:
        case State::broken:
            break;
    }
    return State::broken;
}

ChunkedDecoder::State ChunkedDecoder::next_of_size(char c) {
    if (++line_ > kMaxSizeLine) return State::broken;
    if (c == '\r') return state_ == State::size_first ? State::broken : State::size_lf;
    if (state_ == State::extension) return is_text(c) ? State::extension : State::broken;
    if (c == ';' && state_ == State::size) return State::extension;
    const int digit = hex_digit(c);
    if (digit < 0 || (size_ >> 59) != 0) return State::broken;
    size_ = size_ << 4 | static_cast<unsigned>(digit);
    return State::size;
}

ChunkedDecoder::State ChunkedDecoder::begin_chunk() const {
    return size_ == 0 ? State::trailer_first : State::data;
}

ChunkedDecoder::State ChunkedDecoder::next_of_trailer(char c) {
    if (++trailers_ > kMaxTrailers) return State::broken;
    if (state_ == State::trailer_lf) return c == '\n' ? State::trailer_first : State::broken;
    if (c == '\r') return state_ == State::trailer_first ? State::end_lf : State::trailer_lf;
    // A trailer line starts with a name; white space there would be a folded line.
    if (state_ == State::trailer_first && (c == ' ' || c == '\t' || c == ':')) return State::broken;
    return is_text(c) ? State::trailer : State::broken;
}

}  // namespace siahub::http
