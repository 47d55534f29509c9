#include "git/upload_pack.hpp"

#include "git/pkt_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace siahub::git {
namespace {

// Said by clients whatever the server offers; they allow, and ask for nothing.
constexpr std::array<std::string_view, 5> kAllowances = {"thin-pack", "no-progress", "include-tag",
                                                         "ofs-delta", "peel"};

Failure not_understood(std::string_view line) {
    return fail(Code::invalid_argument,
                "This hub does not understand \"" + std::string(line.substr(0, 100)) + "\"");
}

std::optional<std::string_view> after(std::string_view line, std::string_view word) {
    if (!line.starts_with(word)) return std::nullopt;
    return line.substr(word.size());
}

Result<void> add_oid(std::vector<Oid>& to, std::string_view hex, std::string_view line) {
    const auto oid = Oid::parse(hex);
    if (!oid) return not_understood(line);
    to.push_back(*oid);
    return {};
}

Result<void> set_depth(Fetch& fetch, std::string_view text, std::string_view line) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), fetch.depth);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || fetch.depth <= 0)
        return not_understood(line);
    return {};
}

Result<void> add_argument(LsRefs& refs, std::string_view line) {
    if (line == "symrefs") {
        refs.symrefs = true;
    } else if (const auto prefix = after(line, "ref-prefix ")) {
        refs.prefixes.emplace_back(*prefix);
    } else if (std::ranges::find(kAllowances, line) == kAllowances.end()) {
        return not_understood(line);
    }
    return {};
}

Result<void> add_argument(Fetch& fetch, std::string_view line) {
    if (const auto oid = after(line, "want ")) return add_oid(fetch.wants, *oid, line);
    if (const auto oid = after(line, "have ")) return add_oid(fetch.haves, *oid, line);
    if (const auto oid = after(line, "shallow ")) return add_oid(fetch.shallow, *oid, line);
    if (const auto depth = after(line, "deepen ")) return set_depth(fetch, *depth, line);
    if (line == "done") {
        fetch.done = true;
    } else if (std::ranges::find(kAllowances, line) == kAllowances.end()) {
        return not_understood(line);
    }
    return {};
}

std::string_view without_newline(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    return line;
}

// The lines before the arguments: which command, and what the client is.
Result<UploadPackCommand> read_command(PktReader& reader, bool& has_arguments) {
    std::optional<UploadPackCommand> command;
    for (;;) {
        const auto pkt = TRY(reader.next());
        if (!pkt) return fail(Code::invalid_argument, "The request ends in the middle");
        has_arguments = pkt->kind == Pkt::Kind::delimiter;
        if (pkt->kind != Pkt::Kind::data) break;
        const auto line = without_newline(pkt->data);
        if (line == "command=ls-refs") {
            command = LsRefs{};
        } else if (line == "command=fetch") {
            command = Fetch{};
        } else if (line.starts_with("command=") ||
                   (line.starts_with("object-format=") && line != "object-format=sha1")) {
            return not_understood(line);
        }
    }
    if (!command) return fail(Code::invalid_argument, "The request names no command");
    return *std::move(command);
}

}  // namespace

std::string upload_pack_capabilities(std::string_view agent) {
    std::string out;
    append_pkt(out, "version 2\n");
    append_pkt(out, "agent=" + std::string(agent) + "\n");
    append_pkt(out, "ls-refs\n");
    append_pkt(out, "fetch=shallow\n");
    append_pkt(out, "object-format=sha1\n");
    append_flush(out);
    return out;
}

Result<UploadPackCommand> parse_upload_pack(std::string_view body) {
    PktReader reader(body);
    bool has_arguments = false;
    auto command = TRY(read_command(reader, has_arguments));
    while (has_arguments) {
        const auto pkt = TRY(reader.next());
        if (!pkt) return fail(Code::invalid_argument, "The request ends in the middle");
        if (pkt->kind == Pkt::Kind::flush) break;
        if (pkt->kind == Pkt::Kind::delimiter) return not_understood("0001");
        TRY(std::visit([&](auto& asked) { return add_argument(asked, without_newline(pkt->data)); },
                       command));
    }
    return command;
}

}  // namespace siahub::git
