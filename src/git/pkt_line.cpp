#include "git/pkt_line.hpp"

#include <charconv>

#include <fmt/format.h>

namespace siahub::git {
namespace {

constexpr std::size_t kPrefix = 4;
constexpr int kHex = 16;

std::optional<std::size_t> length_of(std::string_view digits) {
    std::size_t length = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), length, kHex);
    if (digits.size() != kPrefix || read.ec != std::errc() ||
        read.ptr != digits.data() + digits.size())
        return std::nullopt;
    return length;
}

}  // namespace

void append_pkt(std::string& out, std::string_view data) {
    fmt::format_to(std::back_inserter(out), "{:04x}", data.size() + kPrefix);
    out.append(data);
}

void append_flush(std::string& out) {
    out.append("0000");
}

void append_delimiter(std::string& out) {
    out.append("0001");
}

Result<std::optional<Pkt>> PktReader::next() {
    if (rest_.empty()) return std::nullopt;
    const auto length = length_of(rest_.substr(0, kPrefix));
    if (!length || *length > rest_.size() || *length == 2 || *length == 3)
        return fail(Code::invalid_argument, "This is no line of git's protocol");
    if (*length < kPrefix) {
        rest_.remove_prefix(kPrefix);
        return Pkt{*length == 0 ? Pkt::Kind::flush : Pkt::Kind::delimiter, {}};
    }
    const auto data = rest_.substr(kPrefix, *length - kPrefix);
    rest_.remove_prefix(*length);
    return Pkt{Pkt::Kind::data, data};
}

}  // namespace siahub::git
