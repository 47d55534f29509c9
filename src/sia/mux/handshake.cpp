#include "sia/mux/handshake.hpp"

#include "crypto/blake2b.hpp"
#include "crypto/ed25519.hpp"

namespace siahub::sia::mux {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kSignatureSize = 64;
constexpr std::size_t kSealedSettingsSize = kSettingsSize + kTagSize;
constexpr std::size_t kAnswerSize = kKeySize + kSignatureSize + kSealedSettingsSize;

X25519Key to_key(ByteView bytes) {
    X25519Key key;
    std::memcpy(key.data(), bytes.data(), key.size());
    return key;
}

Bytes both_keys(const X25519Key& dialer, const X25519Key& acceptor) {
    Bytes keys;
    append(keys, dialer);
    append(keys, acceptor);
    return keys;
}

ChaCha20Poly1305::Key session_key(const X25519Key& shared, const X25519Key& dialer,
                                  const X25519Key& acceptor) {
    Blake2b hash;
    hash.update(shared);
    hash.update(dialer);
    hash.update(acceptor);
    return hash.finish();
}

Bytes seal_settings(const ChaCha20Poly1305::Key& key, Role sender, const Settings& settings) {
    Bytes out(kSealedSettingsSize);
    const auto plain = encode(settings);
    std::ranges::copy(plain, out.begin());
    const std::span all(out);
    ChaCha20Poly1305(key).seal(NonceCounter(sender, 0).next(), all.first(kSettingsSize),
                               all.subspan<kSettingsSize, kTagSize>());
    return out;
}

Result<Settings> open_settings(const ChaCha20Poly1305::Key& key, Role sender, ByteView sealed) {
    std::array<std::byte, kSettingsSize> plain;
    std::ranges::copy(sealed.first(kSettingsSize), plain.begin());
    const auto tag = sealed.subspan<kSettingsSize, kTagSize>();
    if (!ChaCha20Poly1305(key).open(NonceCounter(sender, 0).next(), plain, tag))
        return fail(Code::invalid_argument, "The settings of the peer do not decrypt.");
    return decode_settings(plain);
}

}  // namespace

NonceCounter::NonceCounter(Role sender, std::uint64_t first) : count_(first) {
    if (sender == Role::acceptor) nonce_.back() = std::byte{0x80};
}

ChaCha20Poly1305::Nonce NonceCounter::next() {
    store_le(nonce_.data(), count_++);
    return nonce_;
}

Result<void> Handshake::check_version(std::byte version) {
    if (version >= kVersion) return {};
    return fail(Code::invalid_argument, "The peer speaks version " +
                                            std::to_string(std::to_integer<int>(version)) +
                                            " of siamux, this program only version 3.");
}

DialerHandshake::DialerHandshake(const PublicKey& host, const X25519Key& secret,
                                 const Settings& ours)
    : host_(host), secret_(secret), public_(x25519_public(secret)), ours_(ours) {}

Bytes DialerHandshake::opening() const {
    Bytes out{kVersion};
    append(out, public_);
    return out;
}

Result<Bytes> DialerHandshake::feed(ByteView bytes) {
    if (wants_ == kAnswerSize) return take_answer(bytes);
    TRY(check_version(bytes.front()));
    wants_ = kAnswerSize;
    return Bytes{};
}

Result<Bytes> DialerHandshake::take_answer(ByteView answer) {
    const auto acceptor = to_key(answer);
    Ed25519Signature signature;
    std::ranges::copy(answer.subspan(kKeySize, kSignatureSize), signature.begin());
    if (!ed25519_verify(host_.bytes, both_keys(public_, acceptor), signature))
        return fail(Code::invalid_credentials, "The peer does not own the key of this host.");
    const auto shared = TRY(x25519_shared(secret_, acceptor));
    session_.role = Role::dialer;
    session_.key = session_key(shared, public_, acceptor);
    const auto theirs =
        TRY(open_settings(session_.key, Role::acceptor, answer.subspan(kKeySize + kSignatureSize)));
    session_.settings = TRY(agree(ours_, theirs));
    wants_ = 0;
    return seal_settings(session_.key, Role::dialer, ours_);
}

AcceptorHandshake::AcceptorHandshake(const Ed25519PrivateKey& host, const X25519Key& secret,
                                     const Settings& ours)
    : host_(host), secret_(secret), public_(x25519_public(secret)), ours_(ours) {}

Result<Bytes> AcceptorHandshake::feed(ByteView bytes) {
    if (wants_ == kKeySize) return take_key(bytes);
    if (wants_ == kSealedSettingsSize) return take_settings(bytes);
    TRY(check_version(bytes.front()));
    wants_ = kKeySize;
    return Bytes{kVersion};
}

Result<Bytes> AcceptorHandshake::take_key(ByteView dialer) {
    const auto their_key = to_key(dialer);
    const auto shared = TRY(x25519_shared(secret_, their_key));
    session_.role = Role::acceptor;
    session_.key = session_key(shared, their_key, public_);
    Bytes out;
    append(out, public_);
    append(out, host_.sign(both_keys(their_key, public_)));
    append(out, seal_settings(session_.key, Role::acceptor, ours_));
    wants_ = kSealedSettingsSize;
    return out;
}

Result<Bytes> AcceptorHandshake::take_settings(ByteView sealed) {
    const auto theirs = TRY(open_settings(session_.key, Role::dialer, sealed));
    session_.settings = TRY(agree(ours_, theirs));
    wants_ = 0;
    return Bytes{};
}

}  // namespace siahub::sia::mux
