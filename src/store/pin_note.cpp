#include "store/pin_note.hpp"

#include "crypto/blake3.hpp"

namespace siahub::store {
namespace {

constexpr std::string_view kMagic = "siahub xorb 1\n";
constexpr std::size_t kLongestNode = 64;

}  // namespace

PinNote pin_note(const xet::XorbIndex& index, std::string node) {
    return {.xorb = index.xorb, .index = blake3(index.serialize()), .node = std::move(node)};
}

Bytes encode(const PinNote& note) {
    Bytes out;
    append(out, as_bytes(kMagic));
    append(out, note.xorb.view());
    append(out, note.index);
    append(out, as_bytes(note.node));
    return out;
}

std::optional<PinNote> parse_pin_note(ByteView bytes) {
    PinNote note;
    const auto fixed = kMagic.size() + note.xorb.bytes.size() + note.index.size();
    if (bytes.size() < fixed || bytes.size() > fixed + kLongestNode) return std::nullopt;
    if (as_chars(bytes.first(kMagic.size())) != kMagic) return std::nullopt;
    bytes = bytes.subspan(kMagic.size());
    std::ranges::copy(bytes.first(32), note.xorb.bytes.begin());
    std::ranges::copy(bytes.subspan(32, 32), note.index.begin());
    note.node = as_chars(bytes.subspan(64));
    return note;
}

}  // namespace siahub::store
