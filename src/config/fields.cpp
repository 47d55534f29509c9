#include "config/fields.hpp"

#include "config/values.hpp"
#include "core/encoding.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace siahub::config {

using std::chrono::seconds;
using Text = std::string_view;

namespace {

constexpr std::array kLevels = {Text("debug"), Text("info"), Text("warn"), Text("error"),
                                Text("off")};

}  // namespace

Result<void> set_path(std::filesystem::path& into, Text text) {
    if (text.empty()) return fail(Code::invalid_argument, "must be a path");
    into = text;
    return {};
}

Result<void> set_origin(std::string& into, Text text) {
    into = text.empty() ? std::string() : TRY(parse_origin(text));
    return {};
}

Result<void> set_count(std::size_t& into, Text text, std::uint64_t min, std::uint64_t max) {
    into = TRY(parse_count(text, min, max));
    return {};
}

Result<void> set_duration(seconds& into, Text text, seconds min, seconds max) {
    into = TRY(parse_duration(text, min, max));
    return {};
}

Result<void> set_rate(double& into, Text text) {
    into = TRY(parse_rate(text));
    return {};
}

Result<void> set_bool(bool& into, Text text) {
    into = TRY(parse_bool(text));
    return {};
}

Result<void> set_networks(std::vector<Network>& into, Text text) {
    std::vector<Network> networks;
    for (const auto& part : parse_list(text))
        networks.push_back(TRY(Network::parse(part)));
    into = std::move(networks);
    return {};
}

Result<void> set_database(std::string& into, Text text) {
    if (!text.empty() && !text.starts_with("postgres://") && !text.starts_with("postgresql://"))
        return fail(Code::invalid_argument,
                    "must be a URL like postgresql://siahub@db.example.org/siahub, or empty for "
                    "SQLite in the data directory");
    into = text;
    return {};
}

Result<void> set_redis(std::string& into, Text text) {
    if (!text.empty() && !text.starts_with("redis://") && !text.starts_with("unix://"))
        return fail(Code::invalid_argument,
                    "must be a URL like redis://cache.example.org:6379/0, or empty to keep limits "
                    "and caches in the process");
    into = text;
    return {};
}

Result<void> set_sia_key(std::string& into, std::string_view text) {
    std::array<std::byte, 32> seed{};
    if (!text.empty() && !from_hex(text, seed))
        return fail(Code::invalid_argument, "must be 64 hex digits");
    into = text;
    return {};
}

Result<void> set_level(Log::Level& into, Text text) {
    const auto* const found = std::ranges::find(kLevels, text);
    if (found == kLevels.end())
        return fail(Code::invalid_argument, "must be one of debug, info, warn, error, off");
    into = static_cast<Log::Level>(found - kLevels.begin());
    return {};
}

Result<void> set_format(Log::Format& into, Text text) {
    if (text != "json" && text != "logfmt")
        return fail(Code::invalid_argument, "must be json or logfmt");
    into = text == "json" ? Log::Format::json : Log::Format::logfmt;
    return {};
}

Result<void> set_optional_address(Address& into, Text text) {
    into = text.empty() ? Address{.host = "", .port = 0} : TRY(parse_address(text));
    return {};
}

std::string show_format(Log::Format format) {
    return format == Log::Format::json ? "json" : "logfmt";
}

std::string show_optional_address(const Address& address) {
    return address.host.empty() ? std::string() : address.text();
}

std::string show_level(Log::Level level) {
    return std::string(kLevels.at(static_cast<std::size_t>(level)));
}

std::string show_networks(const std::vector<Network>& networks) {
    std::string text;
    for (const auto& network : networks)
        text += (text.empty() ? "" : ", ") + network.text();
    return text;
}

std::string show_bool(bool value) {
    return value ? "true" : "false";
}

std::string show_rate(double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

}  // namespace siahub::config
