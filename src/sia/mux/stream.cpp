#include "sia/mux/stream.hpp"

#include "sia/mux/connection.hpp"

#include <algorithm>

namespace siahub::sia::mux {
namespace {

// What a stream may send before others get their turn.
constexpr std::size_t kFramesPerTurn = 8;

class Resetting {
  public:
    explicit Resetting(std::span<std::byte>& span) : span_(span) {}
    ~Resetting() { span_ = {}; }
    Resetting(const Resetting&) = delete;
    Resetting& operator=(const Resetting&) = delete;

  private:
    std::span<std::byte>& span_;
};

}  // namespace

Stream::Stream(std::shared_ptr<Connection> connection, std::size_t capacity)
    : connection_(std::move(connection)), capacity_(capacity), arrived_(connection_->executor()) {}

Stream::~Stream() {
    close();
}

void Stream::close() {
    connection_->forget(id_);
    if (!end_) end_ = Error{Code::connection_closed, "The stream is closed."};
}

Task<Result<void>> Stream::write(ByteView bytes) {
    while (!bytes.empty()) {
        const auto turn = co_await connection_->turns_.lock();
        while (!end_ && !connection_->has_room())
            co_await connection_->room_.wait();
        if (end_) co_return std::unexpected(*end_);
        const auto most = kFramesPerTurn * connection_->engine().max_payload();
        const auto now = bytes.first(std::min(bytes.size(), most));
        connection_->send(id_, now);
        bytes = bytes.subspan(now.size());
    }
    co_return Result<void>{};
}

// Moves what a waiting reader wants of `bytes` and returns the rest.
ByteView Stream::give(ByteView bytes) {
    const auto count = std::min(bytes.size(), wanted_.size());
    if (count > 0) std::memcpy(wanted_.data(), bytes.data(), count);
    wanted_ = wanted_.subspan(count);
    return bytes.subspan(count);
}

Task<Result<void>> Stream::read_exactly(std::span<std::byte> into) {
    wanted_ = into;
    const Resetting at_exit(wanted_);
    given_ = kept_.size() - give(ByteView(kept_).subspan(given_)).size();
    if (given_ == kept_.size()) {
        kept_.clear();
        given_ = 0;
    }
    while (!wanted_.empty() && !end_)
        co_await arrived_.wait();
    if (!wanted_.empty()) co_return std::unexpected(*end_);
    co_return Result<void>{};
}

bool Stream::on_data(ByteView bytes) {
    if (!wanted_.empty()) {
        bytes = give(bytes);
        if (wanted_.empty()) arrived_.notify();
    }
    if (kept_.size() - given_ + bytes.size() > capacity_) return false;
    append(kept_, bytes);
    return true;
}

void Stream::on_end(Error why) {
    if (!end_) end_ = std::move(why);
    arrived_.notify();
    connection_->room_.notify();
}

}  // namespace siahub::sia::mux
