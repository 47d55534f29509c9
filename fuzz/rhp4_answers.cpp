// Answers and requests of RHP4: no answer asks for more than its kind can need, what decodes
// encodes to the same bytes, and texts of refusals are printable.
#include "sia/rhp4/answers.hpp"

#include <cstdlib>
#include <ranges>

using namespace siahub;
using namespace siahub::sia::rhp4;

namespace {

void need(bool holds) {
    if (!holds) std::abort();
}

// How many bytes a complete answer took; 0: it is none.
std::size_t feed(Answer& answer, ByteView bytes) {
    std::size_t at = 0;
    while (answer.wants() > 0) {
        need(answer.wants() <= HostSettings::kMaxRelease + HostSettings::kTailSize);
        if (bytes.size() - at < answer.wants()) return 0;
        const auto piece = bytes.subspan(at, answer.wants());
        at += piece.size();
        if (!answer.feed(piece)) return 0;
    }
    if (const auto& refusal = answer.refusal())
        for (const char c : refusal->text)
            need(c >= ' ' && c <= '~');
    return at;
}

template <class Decoded>
void reencodes(const Result<Decoded>& decoded, ByteView fields) {
    if (!decoded) return;
    const auto encoded = encode(*decoded);
    need(std::ranges::equal(ByteView(encoded).subspan(kSpecifierSize), fields));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView rest(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    switch (data[0] % 6) {
        case 0: {
            SettingsAnswer answer;
            const auto used = feed(answer, rest);
            if (used == 0 || answer.refusal()) break;
            need(std::ranges::equal(encode(answer.settings), rest.subspan(1, used - 1)));
            break;
        }
        case 1: {
            ReadSectorAnswer answer(64);
            feed(answer, rest);
            need(answer.proof.size() <= ReadSectorAnswer::kMaxProof);
            break;
        }
        case 2: {
            WriteSectorAnswer answer;
            feed(answer, rest);
            break;
        }
        case 3: {
            BalanceAnswer answer;
            feed(answer, rest);
            break;
        }
        case 4:
            reencodes(decode_write_sector(rest), rest);
            break;
        default:
            reencodes(decode_read_sector(rest), rest);
    }
    return 0;
}
