#pragma once
// What an object on Sia says about the body in it: which xorb it is, in which serialization, and
// which node put it there. Encrypted and signed with the object, so that its owner alone reads it,
// and can tell after a crash what each object is. Layout: docs/formats/pin_note.md.

#include "xet/xorb_index.hpp"

#include <optional>
#include <string>

namespace siahub::store {

struct PinNote {
    xet::Hash xorb;
    Blake3Digest index{};  // of the serialized chunk index
    std::string node;
    friend bool operator==(const PinNote&, const PinNote&) = default;
};

PinNote pin_note(const xet::XorbIndex& index, std::string node);
Bytes encode(const PinNote& note);
// Nothing when it is another kind of note.
std::optional<PinNote> parse_pin_note(ByteView bytes);

}  // namespace siahub::store
