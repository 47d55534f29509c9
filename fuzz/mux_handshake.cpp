// The siamux handshake: bytes of a peer that may be anything, and a genuine exchange in which the
// peer's wishes are the input and some of its bytes are changed. A handshake that succeeds has
// settings within bounds, the same on both sides.
#include "sia/mux/handshake.hpp"

#include <cstdlib>

using namespace siahub;
using namespace siahub::sia::mux;

namespace {

void need(bool holds) {
    if (!holds) std::abort();
}

const Ed25519PrivateKey& host_key() {
    static const Ed25519PrivateKey key{Ed25519Seed{}};
    return key;
}

X25519Key secret(int value) {
    X25519Key key{};
    key[0] = static_cast<std::byte>(value);
    return key;
}

void feed_all(Handshake& side, ByteView bytes) {
    while (side.wants() > 0 && bytes.size() >= side.wants()) {
        const auto piece = bytes.first(side.wants());
        bytes = bytes.subspan(piece.size());
        if (!side.feed(piece)) return;
    }
    need(side.wants() > 0);
}

void check(const Settings& settings) {
    need(settings.packet_size >= 1220 && settings.packet_size <= 32768);
    need(settings.max_timeout >= std::chrono::minutes(2));
    need(settings.max_timeout <= std::chrono::hours(2));
}

// The dialer's part of an exchange whose answer is changed in one place.
void with_wishes(ByteView input) {
    if (input.size() < 11) return;
    const auto wishes = decode_settings(input.first<kSettingsSize>());
    DialerHandshake dialer(sia::public_key_of(host_key()), secret(1), {});
    AcceptorHandshake acceptor(host_key(), secret(2), wishes);
    const Bytes opening = dialer.opening();
    Bytes answer = acceptor.feed(ByteView(opening).first(1)).value();
    append(answer, acceptor.feed(ByteView(opening).subspan(1)).value());
    const auto at = load_le<std::uint16_t>(input.data() + 8) % answer.size();
    answer[at] ^= input[10];
    if (!dialer.feed(ByteView(answer).first(1))) return;
    const auto settings = dialer.feed(ByteView(answer).subspan(1));
    if (!settings) return;
    need(input[10] == std::byte{0} || at == 0);
    check(dialer.session().settings);
    need(acceptor.feed(*settings).has_value());
    need(acceptor.session().settings == dialer.session().settings);
    need(acceptor.session().key == dialer.session().key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView rest(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    if (data[0] % 3 == 0) {
        DialerHandshake dialer(sia::public_key_of(host_key()), secret(1), {});
        feed_all(dialer, rest);
    } else if (data[0] % 3 == 1) {
        AcceptorHandshake acceptor(host_key(), secret(2), {});
        feed_all(acceptor, rest);
    } else {
        with_wishes(rest);
    }
    return 0;
}
