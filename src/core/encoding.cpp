#include "core/encoding.hpp"

#include <array>
#include <cstring>

namespace siahub {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Of every character the six bits that it stands for, or kNoDigit.
using ReverseAlphabet = std::array<std::uint8_t, 256>;
constexpr std::uint8_t kNoDigit = 0xff;

constexpr ReverseAlphabet reverse_alphabet(std::string_view alphabet) {
    ReverseAlphabet table{};
    table.fill(kNoDigit);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return table;
}

std::string encode_base64(ByteView bytes, std::string_view alphabet, bool pad) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        unsigned group = std::to_integer<unsigned>(bytes[i]) << 16;
        if (n > 1) group |= std::to_integer<unsigned>(bytes[i + 1]) << 8;
        if (n > 2) group |= std::to_integer<unsigned>(bytes[i + 2]);
        for (std::size_t digit = 0; digit <= n; ++digit)
            out.push_back(alphabet[(group >> (18 - 6 * digit)) & 63]);
        if (pad) out.append(3 - n, '=');
    }
    return out;
}

Result<Bytes> decode_base64(std::string_view text, const ReverseAlphabet& table) {
    if (text.size() % 4 == 1) return fail(Code::invalid_argument, "base64 has a stray character");
    Bytes out;
    out.reserve(text.size() / 4 * 3 + 2);
    unsigned group = 0;
    int bits = 0;
    for (const char c : text) {
        const auto value = table[static_cast<unsigned char>(c)];
        if (value == kNoDigit)
            return fail(Code::invalid_argument, "base64 has a character outside its alphabet");
        group = (group << 6) | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::byte>(group >> bits));
        }
    }
    if ((group & ((1U << bits) - 1)) != 0)
        return fail(Code::invalid_argument, "base64 ends in stray bits");
    return out;
}

constexpr bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string out(bytes.size() * 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = std::to_integer<unsigned>(bytes[i]);
        out[2 * i] = kHexDigits[value >> 4];
        out[2 * i + 1] = kHexDigits[value & 15];
    }
    return out;
}

bool from_hex(std::string_view hex, std::span<std::byte> out) {
    if (hex.size() != out.size() * 2) return false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int high = hex_value(hex[2 * i]);
        const int low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = static_cast<std::byte>(high << 4 | low);
    }
    return true;
}

std::string to_base64(ByteView bytes) {
    return encode_base64(bytes, kBase64, true);
}
std::string to_base64url(ByteView bytes) {
    return encode_base64(bytes, kBase64Url, false);
}

Result<Bytes> from_base64(std::string_view text) {
    static constexpr auto table = reverse_alphabet(kBase64);
    if (text.size() % 4 != 0) return fail(Code::invalid_argument, "base64 is cut off");
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    text.remove_suffix(padding);
    return decode_base64(text, table);
}

Result<Bytes> from_base64url(std::string_view text) {
    static constexpr auto table = reverse_alphabet(kBase64Url);
    return decode_base64(text, table);
}

std::string percent_encode(std::string_view text, std::string_view keep) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c) || keep.find(c) != std::string_view::npos) {
            out.push_back(c);
        } else {
            const auto value = static_cast<unsigned char>(c);
            out += {'%', "0123456789ABCDEF"[value >> 4], "0123456789ABCDEF"[value & 15]};
        }
    }
    return out;
}

Result<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size()) return fail(Code::invalid_argument, "incomplete percent-escape");
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return fail(Code::invalid_argument, "malformed percent-escape");
        out.push_back(static_cast<char>(high << 4 | low));
        i += 2;
    }
    return out;
}

bool is_valid_utf8(std::string_view text) {
    const auto* p = reinterpret_cast<const unsigned char*>(text.data());
    const auto* const end = p + text.size();
    while (p < end) {
        if (*p < 0x80) {
            ++p;
            continue;
        }
        const int extra = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
        if (*p < 0xc2 || *p > 0xf4 || end - p <= extra) return false;
        unsigned point = *p & (0x3fU >> extra);
        for (int i = 1; i <= extra; ++i) {
            if ((p[i] & 0xc0) != 0x80) return false;
            point = point << 6 | (p[i] & 0x3fU);
        }
        const bool overlong = (extra == 2 && point < 0x800) || (extra == 3 && point < 0x10000);
        if (overlong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
        p += extra + 1;
    }
    return true;
}

}  // namespace siahub
