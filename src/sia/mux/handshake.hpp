#pragma once
// The siamux v3 handshake as a state machine without I/O. The dialer proves nothing; the acceptor
// proves its host key by signing both ephemeral X25519 keys. The driver sends opening(), then reads
// exactly wants() bytes and sends what feed() returns, until wants() is 0 and session() is there.
// The dialer sends its version and key together: the acceptor reads them one after the other, and a
// connection costs one round trip less. An error ends the handshake: invalid_argument for bytes
// that make no sense, invalid_credentials for a peer that is not the host it should be.

#include "crypto/chacha20_poly1305.hpp"
#include "crypto/x25519.hpp"
#include "sia/ids.hpp"
#include "sia/mux/settings.hpp"

namespace siahub::sia::mux {

enum class Role { dialer, acceptor };

// Packets continue where the handshake ended: each side has sealed one.
struct Session {
    Role role = Role::dialer;
    ChaCha20Poly1305::Key key{};
    Settings settings;
};

// Counts the packets of one direction; the acceptor's nonces are marked in their last bit.
class NonceCounter {
  public:
    NonceCounter(Role sender, std::uint64_t first);
    ChaCha20Poly1305::Nonce next();

  private:
    std::uint64_t count_;
    ChaCha20Poly1305::Nonce nonce_{};
};

class Handshake {
  public:
    virtual ~Handshake() = default;
    [[nodiscard]] virtual Bytes opening() const { return {}; }
    [[nodiscard]] std::size_t wants() const { return wants_; }
    // Takes exactly wants() bytes.
    virtual Result<Bytes> feed(ByteView bytes) = 0;
    // Once wants() is 0.
    [[nodiscard]] const Session& session() const { return session_; }

  protected:
    // The first thing either side says.
    static constexpr auto kVersion = std::byte{3};
    static Result<void> check_version(std::byte version);

    std::size_t wants_ = 1;
    Session session_;
};

class DialerHandshake final : public Handshake {
  public:
    // `secret` is 32 random bytes, used once.
    DialerHandshake(const PublicKey& host, const X25519Key& secret, const Settings& ours);
    [[nodiscard]] Bytes opening() const override;
    Result<Bytes> feed(ByteView bytes) override;

  private:
    Result<Bytes> take_answer(ByteView answer);

    PublicKey host_;
    X25519Key secret_, public_;
    Settings ours_;
};

class AcceptorHandshake final : public Handshake {
  public:
    AcceptorHandshake(const Ed25519PrivateKey& host, const X25519Key& secret, const Settings& ours);
    Result<Bytes> feed(ByteView bytes) override;

  private:
    Result<Bytes> take_key(ByteView dialer);
    Result<Bytes> take_settings(ByteView sealed);

    Ed25519PrivateKey host_;
    X25519Key secret_, public_;
    Settings ours_;
};

}  // namespace siahub::sia::mux
