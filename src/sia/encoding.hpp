#pragma once
// Sia's binary encoding: integers as u64 little-endian, u8 and bool as one byte, fixed arrays raw,
// byte strings, strings and slices behind a u64 length, times as Unix seconds, currency as 16
// bytes, specifiers as 16 bytes of zero-padded ASCII.
//
// A Decoder reads foreign bytes and never throws on them: after the first thing that does not fit
// it stays failed, every further read returns zeros, and status() or finish() tells what was wrong.
// It allocates no more than its input holds. Both belong to one thread.

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "sia/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace siahub::sia {

// Hastings; 1 SC = 10^24 of them.
struct Currency {
    std::uint64_t low = 0, high = 0;
    bool operator==(const Currency&) const = default;
    auto operator<=>(const Currency& other) const {
        if (const auto by_high = high <=> other.high; by_high != 0) return by_high;
        return low <=> other.low;
    }
};

class Encoder {
  public:
    void u8(std::uint8_t value) { out_.push_back(std::byte{value}); }
    void boolean(bool value) { u8(value ? 1 : 0); }
    void u32(std::uint32_t value) { append_le(out_, value); }  // in fixed layouts only
    void u64(std::uint64_t value) { append_le(out_, value); }
    void i64(std::int64_t value) { append_le(out_, value); }
    void time(std::int64_t unix_seconds) { i64(unix_seconds); }
    void currency(Currency value);
    // At most 16 ASCII characters.
    void specifier(std::string_view name);
    void fixed(ByteView bytes) { append(out_, bytes); }
    template <class Kind, std::size_t Size>
    void fixed(const FixedBytes<Kind, Size>& value) {
        append(out_, value.bytes);
    }
    void count(std::size_t elements) { u64(elements); }
    void bytes(ByteView value);
    void string(std::string_view value) { bytes(as_bytes(value)); }

    [[nodiscard]] ByteView view() const { return out_; }
    [[nodiscard]] Bytes take() { return std::move(out_); }

  private:
    Bytes out_;
};

class Decoder {
  public:
    // `what` names the thing in error messages: "A price table". It and the input outlive the
    // decoder.
    Decoder(ByteView input, std::string_view what) : rest_(input), what_(what) {}

    std::uint8_t u8();
    bool boolean();  // anything but 0 and 1 is an error
    std::uint32_t u32();
    std::uint64_t u64();
    std::int64_t i64();
    std::int64_t time() { return i64(); }
    Currency currency();
    std::string specifier();  // without its padding
    void fixed(std::span<std::byte> out);
    template <class Kind, std::size_t Size>
    void fixed(FixedBytes<Kind, Size>& out) {
        fixed(std::span<std::byte>(out.bytes));
    }
    Hash256 hash();
    PublicKey public_key();
    Signature signature();
    // The length of a slice whose elements take at least `element_size` bytes each: never more than
    // what the rest of the input could hold, nor than `most`.
    std::size_t count(std::size_t element_size, std::size_t most = SIZE_MAX);
    // A view into the input, behind its length prefix.
    ByteView bytes(std::size_t most = SIZE_MAX);
    std::string string(std::size_t most = SIZE_MAX);
    // The next `size` bytes as they are.
    ByteView raw(std::size_t size);

    [[nodiscard]] bool ok() const { return !error_; }
    [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
    // The first failure reports itself; later ones are its consequences. For checks of the caller.
    void reject(std::string_view why);
    [[nodiscard]] Result<void> status() const;
    // Like status(), and nothing may be left.
    [[nodiscard]] Result<void> finish() const;

  private:
    const std::byte* take(std::size_t size);

    ByteView rest_;
    std::string_view what_;
    std::optional<Error> error_;
};

}  // namespace siahub::sia
