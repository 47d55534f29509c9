#include "core/log_line.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

namespace siahub {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

std::string_view name_of(Log::Level level) {
    constexpr std::array<std::string_view, 5> names = {"debug", "info", "warn", "error", "off"};
    return names.at(static_cast<std::size_t>(level));
}

// How many bytes of well-formed UTF-8 the text begins with as one character; 0: none (RFC 3629).
std::size_t character_size(std::string_view text) {
    const auto byte = [text](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto tail = [&](std::size_t from, std::size_t to) {
        for (auto i = from; i < to; ++i)
            if ((byte(i) & 0xC0U) != 0x80) return std::size_t{0};
        return to;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1, 2);
    if (first >= 0xE0 && first <= 0xEF) {
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) >= 0xA0;
        return overlong || surrogate ? 0 : tail(1, 3);
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool overlong = first == 0xF0 && byte(1) < 0x90;
        const bool beyond = first == 0xF4 && byte(1) >= 0x90;
        return overlong || beyond ? 0 : tail(1, 4);
    }
    return 0;
}

constexpr bool is_plain(char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

// As inside the quotes of JSON; logfmt escapes the same way.
void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto end = std::ranges::find_if_not(text, is_plain);
        const auto plain = static_cast<std::size_t>(end - text.begin());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) return;
        const char c = text.front();
        auto taken = character_size(text);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (taken == 1) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else if (taken > 1) {
            out += text.substr(0, taken);
        } else {
            out += kReplacement;
            taken = 1;
        }
        text.remove_prefix(taken);
    }
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text);
    out += '"';
}

bool needs_quotes(std::string_view text) {
    return text.empty() ||
           !std::ranges::all_of(text, [](char c) { return is_plain(c) && c != ' ' && c != '='; });
}

struct ValueWriter {
    std::string& out;
    Log::Format format;

    void operator()(std::string_view text) const {
        if (format == Log::Format::json || needs_quotes(text))
            append_quoted(out, text);
        else
            out += text;
    }
    void operator()(std::int64_t number) const { out += fmt::format_int(number).c_str(); }
    void operator()(double number) const { fmt::format_to(std::back_inserter(out), "{}", number); }
};

}  // namespace

void append_log_line(std::string& out, Log::Format format, Log::Level level, std::string_view event,
                     std::span<const LogField> fields) {
    const ValueWriter write{out, format};
    const auto append = [&](std::string_view key, const auto& value) {
        if (format == Log::Format::json)
            out.append(",\"").append(key).append("\":");
        else
            out.append(" ").append(key).append("=");
        write(value);
    };
    append("level", name_of(level));
    append("event", event);
    for (const auto& field : fields)
        std::visit([&](const auto& value) { append(field.key, value); }, field.value);
    out += format == Log::Format::json ? "}\n" : "\n";
}

}  // namespace siahub
