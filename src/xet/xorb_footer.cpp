#include "xet/xorb_footer.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace siahub::xet {

namespace {

constexpr std::string_view kIdent = "XETBLOB";
constexpr std::size_t kMaxElement = 64;
constexpr std::size_t kReserved = 16;
constexpr std::byte kNewestVersion{1};

// A footer is a row of fields; a field is an array of elements that the index determines.
enum class Field {
    head_v0,
    head_v1,
    hashes,
    boundary_head,
    physical,
    unpacked,
    tail,
    reserved,
    length_v0,
    length_v1
};

constexpr std::array kFieldsV0 = {Field::head_v0, Field::physical, Field::hashes, Field::reserved,
                                  Field::length_v0};
constexpr std::array kFieldsV1 = {Field::head_v1,  Field::hashes,   Field::boundary_head,
                                  Field::physical, Field::unpacked, Field::tail,
                                  Field::reserved, Field::length_v1};

std::span<const Field> fields_of(std::byte version) {
    if (version == std::byte{0}) return kFieldsV0;
    return kFieldsV1;
}

struct Element {
    std::array<std::byte, kMaxElement> bytes;
    std::size_t size = 0;

    Element& add(ByteView more) {
        std::ranges::copy(more, bytes.data() + size);
        size += more.size();
        return *this;
    }
    Element& add(std::string_view ident, unsigned char version) {
        add(as_bytes(ident));
        bytes[size++] = std::byte{version};
        return *this;
    }
    Element& add(std::uint32_t number) {
        store_le(bytes.data() + size, number);
        size += sizeof number;
        return *this;
    }
};

bool is_array(Field field) {
    return field == Field::hashes || field == Field::physical || field == Field::unpacked;
}

Element element(const XorbIndex& index, Field field, std::size_t i) {
    const auto n = index.chunk_count();
    const std::uint32_t to_boundaries = 12 + 8 * n + 28;
    Element out;
    switch (field) {
        case Field::head_v0:
            return out.add(kIdent, 0).add(index.xorb.view()).add(n);
        case Field::head_v1:
            return out.add(kIdent, 1).add(index.xorb.view()).add("XBLBHSH", 0).add(n);
        case Field::hashes:
            return out.add(index.chunks[i].hash.view());
        case Field::boundary_head:
            return out.add("XBLBBND", 1).add(n);
        case Field::physical:
            return out.add(index.chunks[i].physical_end);
        case Field::unpacked:
            return out.add(index.chunks[i].unpacked_end);
        case Field::tail:
            return out.add(n).add(12 + 32 * n + to_boundaries).add(to_boundaries);
        case Field::reserved:
            return out.add(std::array<std::byte, kReserved>{});
        case Field::length_v0:
            return out.add(60 + 36 * n);
        case Field::length_v1:
            return out.add(92 + 40 * n);
    }
    return out;
}

struct Place {
    Field field;
    std::size_t offset;  // within the field
    std::size_t left;    // of the field
};

// The field that holds byte `position`, or nothing past the end.
std::optional<Place> find_place(const XorbIndex& index, std::byte version, std::uint64_t position) {
    for (const auto field : fields_of(version)) {
        const auto count = is_array(field) ? index.chunks.size() : 1;
        const auto size = count * element(index, field, 0).size;
        if (position < size) return Place{field, position, size - position};
        position -= size;
    }
    return std::nullopt;
}

Failure differs(std::uint64_t position) {
    return fail(
        Code::invalid_argument,
        fmt::format("The xorb's footer disagrees with its chunks at footer byte {}", position));
}

bool matches(const XorbIndex& index, const Place& place, ByteView bytes) {
    // The buffer may hold a nonce of the sender's.
    if (place.field == Field::reserved) return true;
    const auto size = element(index, place.field, 0).size;
    auto offset = place.offset;
    while (!bytes.empty()) {
        const auto expected = element(index, place.field, offset / size);
        const auto want = std::span(expected.bytes).first(size).subspan(offset % size);
        const auto count = std::min(want.size(), bytes.size());
        if (!std::ranges::equal(want.first(count), bytes.first(count))) return false;
        bytes = bytes.subspan(count);
        offset += count;
    }
    return true;
}

Bytes build(const XorbIndex& index, std::span<const Field> fields) {
    Bytes out;
    for (const auto field : fields) {
        const auto count = is_array(field) ? index.chunks.size() : 1;
        for (std::size_t i = 0; i < count; ++i) {
            const auto part = element(index, field, i);
            append(out, std::span(part.bytes).first(part.size));
        }
    }
    return out;
}

}  // namespace

Result<void> FooterVerifier::feed(const XorbIndex& index, ByteView piece) {
    while (!piece.empty()) {
        // Until the version is known both layouts agree, but for the version itself.
        if (position_ == kIdent.size()) {
            version_ = piece[0];
            if (version_ > kNewestVersion) {
                return fail(Code::invalid_argument,
                            fmt::format("Xorb footer version {} is not known",
                                        std::to_integer<unsigned>(version_)));
            }
        }
        const auto place = find_place(index, version_, position_);
        if (!place) return fail(Code::invalid_argument, "Bytes follow the xorb's footer");
        auto count = std::min(place->left, piece.size());
        if (position_ < kIdent.size()) count = std::min(count, kIdent.size() - position_);
        if (!matches(index, *place, piece.first(count))) return differs(position_);
        piece = piece.subspan(count);
        position_ += count;
    }
    return {};
}

Result<void> FooterVerifier::finish(const XorbIndex& index) const {
    if (position_ <= kIdent.size() || find_place(index, version_, position_)) {
        return fail(Code::invalid_argument, "The xorb ends within its footer");
    }
    return {};
}

Bytes build_footer_v1(const XorbIndex& index) {
    return build(index, kFieldsV1);
}

Bytes build_footer_v0(const XorbIndex& index) {
    return build(index, kFieldsV0);
}

}  // namespace siahub::xet
