#include "sia/mux/packets.hpp"

#include <algorithm>
#include <utility>

namespace siahub::sia::mux {
namespace {

Role other(Role role) {
    return role == Role::dialer ? Role::acceptor : Role::dialer;
}

}  // namespace

PacketSealer::PacketSealer(const Session& session)
    : packet_size_(session.settings.packet_size),
      block_size_(session.settings.block_size()),
      cipher_(session.key),
      nonces_(session.role, 1) {}

void PacketSealer::write(ByteView plain) {
    while (!plain.empty()) {
        if (filled_ == 0) {
            used_ += packet_size_;
            if (out_.size() < used_) out_.resize(used_);
        }
        const auto count = std::min(plain.size(), block_size_ - filled_);
        std::byte* block = out_.data() + used_ - packet_size_;
        std::memcpy(block + filled_, plain.data(), count);
        plain = plain.subspan(count);
        filled_ += count;
        if (filled_ == block_size_) seal_last_block();
    }
}

void PacketSealer::seal_last_block() {
    const auto packet = std::span(out_).subspan(used_ - packet_size_, packet_size_);
    cipher_.seal(nonces_.next(), packet.first(block_size_), packet.last<kTagSize>());
    filled_ = 0;
}

Bytes PacketSealer::flush(Bytes recycled) {
    if (filled_ > 0) {
        const auto block = std::span(out_).subspan(used_ - packet_size_, block_size_);
        std::ranges::fill(block.subspan(filled_), std::byte{0});
        seal_last_block();
    }
    out_.resize(std::exchange(used_, 0));
    std::swap(out_, recycled);
    return recycled;
}

PacketOpener::PacketOpener(const Session& session)
    : packet_size_(session.settings.packet_size),
      cipher_(session.key),
      nonces_(other(session.role), 1) {}

Result<ByteView> PacketOpener::open(std::span<std::byte> packet) {
    const auto block = packet.first(packet_size_ - kTagSize);
    if (!cipher_.open(nonces_.next(), block, packet.last<kTagSize>()))
        return fail(Code::invalid_argument, "A packet of the peer does not decrypt.");
    return ByteView(block);
}

}  // namespace siahub::sia::mux
