#include "git/lfs_pointer.hpp"

#include "core/encoding.hpp"

#include <charconv>

namespace siahub::git {
namespace {

constexpr std::string_view kHead = "version https://git-lfs.github.com/spec/v1\noid sha256:";
constexpr std::string_view kSize = "\nsize ";
constexpr std::size_t kHashDigits = 64;

}  // namespace

std::string encode_lfs_pointer(const LfsPointer& pointer) {
    std::string out(kHead);
    out += to_hex(pointer.sha256);
    out += kSize;
    out += std::to_string(pointer.size);
    out += '\n';
    return out;
}

std::optional<LfsPointer> parse_lfs_pointer(ByteView content) {
    auto text = as_chars(content);
    if (text.size() < kHead.size() + kHashDigits + kSize.size() || !text.starts_with(kHead))
        return std::nullopt;
    text.remove_prefix(kHead.size());
    LfsPointer pointer;
    if (!from_hex(text.substr(0, kHashDigits), pointer.sha256)) return std::nullopt;
    text.remove_prefix(kHashDigits);
    if (!text.starts_with(kSize)) return std::nullopt;
    text.remove_prefix(kSize.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pointer.size);
    if (error != std::errc{} || pointer.size > INT64_MAX) return std::nullopt;
    // One text per pointer: upper-case digits, leading zeros or a tail make another file.
    if (encode_lfs_pointer(pointer) != as_chars(content)) return std::nullopt;
    return pointer;
}

}  // namespace siahub::git
