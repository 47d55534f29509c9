#pragma once
// Packets of a siamux connection: the byte stream of frames is cut into blocks of one size, each
// sealed with ChaCha20-Poly1305 under a counting nonce. A block that has to go before it is full is
// filled up with zeros. One object per direction, used by one thread.

#include "sia/mux/handshake.hpp"

namespace siahub::sia::mux {

class PacketSealer {
  public:
    explicit PacketSealer(const Session& session);

    void write(ByteView plain);
    // Bytes that a flush would send.
    [[nodiscard]] std::size_t queued() const { return used_; }
    // All packets, the last one filled up. `recycled` is a buffer whose memory may be used again.
    Bytes flush(Bytes recycled);

  private:
    void seal_last_block();

    std::size_t packet_size_, block_size_;
    ChaCha20Poly1305 cipher_;
    NonceCounter nonces_;
    // Whole packets, of which the last one may be unsealed yet, and what is left of earlier ones:
    // to shrink and grow it would write every byte once more.
    Bytes out_;
    std::size_t used_ = 0;    // of it
    std::size_t filled_ = 0;  // of the unsealed block; 0: none is begun
};

class PacketOpener {
  public:
    explicit PacketOpener(const Session& session);

    [[nodiscard]] std::size_t packet_size() const { return packet_size_; }
    // Decrypts one packet where it is and returns its block.
    Result<ByteView> open(std::span<std::byte> packet);

  private:
    std::size_t packet_size_;
    ChaCha20Poly1305 cipher_;
    NonceCounter nonces_;
};

}  // namespace siahub::sia::mux
