#include "git/commit.hpp"

#include "git/object_id.hpp"

namespace siahub::git {
namespace {

bool is_crud(char c) {
    return static_cast<unsigned char>(c) <= 32 || std::string_view(".,:;<>\"\\'").contains(c);
}

void add_person(std::string& out, std::string_view role, const Commit& commit) {
    out += role;
    out += ' ';
    out += commit.name;
    out += " <";
    out += commit.email;
    out += "> ";
    out += std::to_string(commit.seconds);
    out += " +0000\n";
}

}  // namespace

std::string encode_commit(const Commit& commit) {
    std::string out = "tree " + commit.tree.hex() + "\n";
    if (commit.parent) out += "parent " + commit.parent->hex() + "\n";
    add_person(out, "author", commit);
    add_person(out, "committer", commit);
    out += '\n';
    out += commit.message;
    return out;
}

Oid commit_id(const Commit& commit) {
    return object_id("commit", as_bytes(encode_commit(commit)));
}

std::string clean_identity(std::string_view text) {
    while (!text.empty() && is_crud(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_crud(text.back()))
        text.remove_suffix(1);
    std::string out;
    for (const char c : text)
        if (c != '<' && c != '>' && c != '\n' && c != '\0') out += c;
    return out;
}

std::string_view commit_title(std::string_view message) {
    return message.substr(0, message.find('\n'));
}

}  // namespace siahub::git
