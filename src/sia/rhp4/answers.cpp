#include "sia/rhp4/answers.hpp"

namespace siahub::sia::rhp4 {
namespace {

// As much as other clients read of an error.
constexpr std::uint64_t kMaxRefusalText = 1024;

std::string printable(ByteView bytes) {
    std::string text(as_chars(bytes));
    for (char& c : text)
        if (c < ' ' || c > '~') c = '?';
    return text;
}

}  // namespace

Result<void> Answer::feed(ByteView bytes) {
    if (bytes.size() != wants_)
        return fail(Code::internal, "An answer was fed other than it asked for.");
    wants_ = TRY(step(bytes));
    return {};
}

Result<std::size_t> Answer::step(ByteView bytes) {
    Decoder in(bytes, "The answer of a host");
    if (part_ == Part::body) return take(bytes);
    if (part_ == Part::flag) {
        const bool refused = in.boolean();
        TRY(in.finish());
        part_ = refused ? Part::refusal_head : Part::body;
        return refused ? 1 + 8 : body_;
    }
    if (part_ == Part::refusal_head) {
        part_ = Part::refusal_text;
        refusal_.emplace(Refusal{.code = in.u8(), .text = {}});
        const auto length = in.u64();
        if (length > kMaxRefusalText)
            return fail(Code::invalid_argument,
                        "The host sent an error text of " + std::to_string(length) + " bytes.");
        return static_cast<std::size_t>(length);
    }
    refusal_->text = printable(bytes);
    return 0;
}

Result<std::size_t> SettingsAnswer::take(ByteView bytes) {
    const bool is_head = bytes_.empty();
    append(bytes_, bytes);
    if (is_head) {
        const auto release = load_le<std::uint64_t>(bytes.data() + 3);
        if (release > HostSettings::kMaxRelease)
            return fail(Code::invalid_argument,
                        "The host sent a release name of " + std::to_string(release) + " bytes.");
        return static_cast<std::size_t>(release) + HostSettings::kTailSize;
    }
    settings = TRY(decode_host_settings(bytes_));
    return 0;
}

Result<std::size_t> WriteSectorAnswer::take(ByteView bytes) {
    Decoder in(bytes, "The root of a sector");
    root = in.hash();
    TRY(in.finish());
    return 0;
}

Result<std::size_t> BalanceAnswer::take(ByteView bytes) {
    Decoder in(bytes, "A balance");
    balance = in.currency();
    TRY(in.finish());
    return 0;
}

Result<std::size_t> ReadSectorAnswer::take(ByteView bytes) {
    Decoder in(bytes, "The answer to ReadSector");
    if (!std::exchange(counted_, true)) {
        const auto hashes = in.u64();
        if (hashes > kMaxProof)
            return fail(Code::invalid_argument,
                        "The host sent a proof of " + std::to_string(hashes) + " hashes.");
        proof.resize(static_cast<std::size_t>(hashes));
        return proof.size() * 32 + 8;
    }
    for (auto& hash : proof)
        hash = in.hash();
    const auto length = in.u64();
    TRY(in.finish());
    if (length != length_)
        return fail(Code::invalid_argument, "The host sent " + std::to_string(length) +
                                                " bytes instead of " + std::to_string(length_) +
                                                ".");
    return 0;
}

}  // namespace siahub::sia::rhp4
