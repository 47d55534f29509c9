#include "sia/mux/engine.hpp"

namespace siahub::sia::mux {
namespace {

using namespace std::chrono_literals;

// As long as other programs remember closed streams.
constexpr auto kRestOfIds = 60s;
// A whole answer with a sector may be under way when its stream is closed. Small frames weigh more
// than they carry, for they cost work too.
constexpr std::size_t kMaxLateWeight = 8 * 1024 * 1024;
constexpr std::size_t kLeastWeight = 512;

constexpr StreamId first_id(Role role) {
    return role == Role::dialer ? kLowestStreamId : kLowestStreamId + 1;
}

Error end_of(const Frame& frame) {
    if ((frame.flags & kFlagError) == 0)
        return {Code::connection_closed, "The peer closed the stream."};
    std::string text = "The peer closed the stream: ";
    // Foreign bytes end up in logs and messages.
    for (const char c : as_chars(frame.payload))
        text += c >= ' ' && c < 127 ? c : '?';
    return {Code::unavailable, std::move(text)};
}

}  // namespace

Engine::Engine(const Session& session, StreamAcceptor* acceptor)
    : role_(session.role),
      settings_(session.settings),
      sealer_(session),
      opener_(session),
      frames_(session.settings.packet_size),
      acceptor_(acceptor),
      next_id_(first_id(session.role)) {}

bool Engine::ours(StreamId id) const {
    return (id & 1u) == (first_id(role_) & 1u);
}

StreamId Engine::open(StreamSink& sink) {
    for (;;) {
        const StreamId id = next_id_;
        next_id_ += 2;
        if (next_id_ >= kEndOfStreamIds) next_id_ = first_id(role_);
        if (resting_.contains(id)) continue;
        if (streams_.try_emplace(id, Stream{.sink = &sink}).second) return id;
    }
}

bool Engine::writable(StreamId id) const {
    const auto found = streams_.find(id);
    return found != streams_.end() && found->second.writable;
}

void Engine::send(StreamId id, std::uint16_t flags, ByteView payload) {
    sealer_.write(encode_header(id, flags, payload.size()));
    sealer_.write(payload);
}

void Engine::write(StreamId id, ByteView payload) {
    Stream& stream = streams_.at(id);
    while (!payload.empty()) {
        const auto piece = payload.first(std::min(payload.size(), max_payload()));
        payload = payload.subspan(piece.size());
        send(id, stream.announced ? 0 : kFlagFirst, piece);
        stream.announced = true;
    }
}

void Engine::close(StreamId id, TimePoint now) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) return;
    const Stream stream = found->second;
    streams_.erase(found);
    if (!stream.announced) return;
    if (stream.writable) send(id, kFlagLast, {});
    // Also when the peer closed first: older hosts may let a frame slip out behind their last one.
    resting_.emplace(id, 0);
    rested_at_.emplace_back(now + kRestOfIds, id);
}

void Engine::keepalive() {
    send(kKeepaliveId, 0, {});
}

void Engine::abandon(const Error& why) {
    for (const auto& [id, stream] : std::exchange(streams_, {}))
        if (stream.writable) stream.sink->on_end(why);
}

void Engine::sweep(TimePoint now) {
    for (; !rested_at_.empty() && rested_at_.front().first <= now; rested_at_.pop_front())
        resting_.erase(rested_at_.front().second);
}

Result<std::size_t> Engine::receive(std::span<std::byte> sealed, TimePoint now) {
    std::size_t taken = 0;
    for (const auto size = opener_.packet_size(); sealed.size() - taken >= size; taken += size)
        TRY(receive_block(TRY(opener_.open(sealed.subspan(taken, size))), now));
    return taken;
}

Result<void> Engine::receive_block(ByteView block, TimePoint now) {
    frames_.feed(block);
    while (const auto frame = TRY(frames_.next()))
        TRY(take(*frame, now));
    return {};
}

Result<void> Engine::take(const Frame& frame, TimePoint now) {
    if (frame.id == kKeepaliveId) return {};
    if (frame.id < kLowestStreamId)
        return fail(Code::invalid_argument,
                    "The peer used the reserved stream " + std::to_string(frame.id) + ".");
    const auto known = streams_.find(frame.id);
    if (known == streams_.end()) return take_unknown(frame, now);
    deliver(frame.id, known->second, frame, now);
    return {};
}

Result<void> Engine::take_unknown(const Frame& frame, TimePoint now) {
    if (const auto resting = resting_.find(frame.id); resting != resting_.end()) {
        resting->second += std::max(frame.payload.size(), kLeastWeight);
        if (resting->second <= kMaxLateWeight) return {};
        return fail(Code::invalid_argument, "The peer goes on sending to a closed stream.");
    }
    if ((frame.flags & kFlagFirst) == 0 || ours(frame.id) || acceptor_ == nullptr)
        return fail(Code::invalid_argument, "The peer sent a frame for the unknown stream " +
                                                std::to_string(frame.id) + ".");
    auto& stream = streams_[frame.id];
    stream = {.sink = &acceptor_->on_open(frame.id), .announced = true};
    deliver(frame.id, stream, frame, now);
    return {};
}

void Engine::deliver(StreamId id, Stream& stream, const Frame& frame, TimePoint now) {
    if (!stream.writable) return;  // it has ended already
    StreamSink& sink = *stream.sink;
    if ((frame.flags & kFlagLast) != 0) {
        stream.writable = false;
        sink.on_end(end_of(frame));
    } else if (!sink.on_data(frame.payload)) {
        close(id, now);
        sink.on_end({Code::invalid_argument, "The peer sent more than it was asked for."});
    }
}

}  // namespace siahub::sia::mux
