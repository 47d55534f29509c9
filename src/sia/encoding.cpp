#include "sia/encoding.hpp"

#include <algorithm>
#include <stdexcept>

namespace siahub::sia {

namespace {

constexpr std::size_t kSpecifierSize = 16;

}  // namespace

void Encoder::currency(Currency value) {
    u64(value.low);
    u64(value.high);
}

void Encoder::specifier(std::string_view name) {
    if (name.size() > kSpecifierSize) throw std::logic_error("a specifier has 16 characters");
    std::array<std::byte, kSpecifierSize> padded{};
    std::memcpy(padded.data(), name.data(), name.size());
    fixed(padded);
}

void Encoder::bytes(ByteView value) {
    count(value.size());
    append(out_, value);
}

const std::byte* Decoder::take(std::size_t size) {
    if (error_) return nullptr;
    if (size > rest_.size()) {
        reject("ends too early");
        return nullptr;
    }
    const auto* at = rest_.data();
    rest_ = rest_.subspan(size);
    return at;
}

std::uint8_t Decoder::u8() {
    const auto* at = take(1);
    return at != nullptr ? std::to_integer<std::uint8_t>(*at) : std::uint8_t{0};
}

bool Decoder::boolean() {
    const auto value = u8();
    if (value > 1) reject("has a truth value that is neither 0 nor 1");
    return value == 1;
}

std::uint32_t Decoder::u32() {
    const auto* at = take(4);
    return at != nullptr ? load_le<std::uint32_t>(at) : 0;
}

std::uint64_t Decoder::u64() {
    const auto* at = take(8);
    return at != nullptr ? load_le<std::uint64_t>(at) : 0;
}

std::int64_t Decoder::i64() {
    const auto* at = take(8);
    return at != nullptr ? load_le<std::int64_t>(at) : 0;
}

Currency Decoder::currency() {
    const auto low = u64();
    return {low, u64()};
}

std::string Decoder::specifier() {
    const auto text = as_chars(raw(kSpecifierSize));
    return std::string(text.substr(0, text.find('\0')));
}

void Decoder::fixed(std::span<std::byte> out) {
    if (out.empty()) return;
    if (const auto* at = take(out.size()); at != nullptr)
        std::memcpy(out.data(), at, out.size());
    else
        std::ranges::fill(out, std::byte{0});
}

Hash256 Decoder::hash() {
    Hash256 value;
    fixed(value);
    return value;
}

PublicKey Decoder::public_key() {
    PublicKey value;
    fixed(value);
    return value;
}

Signature Decoder::signature() {
    Signature value;
    fixed(value);
    return value;
}

std::size_t Decoder::count(std::size_t element_size, std::size_t most) {
    const auto value = u64();
    if (value > most) {
        reject("has more elements than are allowed");
        return 0;
    }
    if (value > rest_.size() / std::max<std::size_t>(element_size, 1)) {
        reject("claims more elements than it has bytes");
        return 0;
    }
    return value;
}

ByteView Decoder::bytes(std::size_t most) {
    return raw(count(1, most));
}

std::string Decoder::string(std::size_t most) {
    return std::string(as_chars(bytes(most)));
}

ByteView Decoder::raw(std::size_t size) {
    const auto* at = take(size);
    return at != nullptr ? ByteView(at, size) : ByteView{};
}

void Decoder::reject(std::string_view why) {
    if (error_) return;
    error_ = Error{Code::invalid_argument, std::string(what_) + " " + std::string(why) + "."};
    rest_ = {};
}

Result<void> Decoder::status() const {
    if (error_) return Failure(*error_);
    return {};
}

Result<void> Decoder::finish() const {
    if (error_) return Failure(*error_);
    if (!rest_.empty())
        return fail(Code::invalid_argument, std::string(what_) + " has " +
                                                std::to_string(rest_.size()) + " bytes too many.");
    return {};
}

}  // namespace siahub::sia
