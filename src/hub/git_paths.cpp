#include "hub/git_paths.hpp"

#include "core/encoding.hpp"

#include <algorithm>

namespace siahub::hub {
namespace {

constexpr std::size_t kMaxPath = 4096;
constexpr std::size_t kMaxName = 255;  // what file systems take

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_dot_git(std::string_view name) {
    return name.size() == 4 && std::ranges::equal(name, std::string_view(".git"), {}, [](char c) {
               return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
           });
}

bool is_good_segment(std::string_view name) {
    return !name.empty() && name.size() <= kMaxName && name != "." && name != ".." &&
           !is_dot_git(name);
}

// Calls `check` with every part between slashes, until it says no.
template <class Check>
bool all_segments(std::string_view path, Check check) {
    for (;;) {
        const auto slash = path.find('/');
        if (!check(path.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        path.remove_prefix(slash + 1);
    }
}

Failure bad_path(std::string_view path, std::string_view why) {
    std::string text = "Invalid path ";
    if (path.size() <= kMaxName && std::ranges::none_of(path, is_control))
        text.append("'").append(path).append("' ");
    return fail(Code::unprocessable, text.append("in repository: ").append(why));
}

}  // namespace

Result<void> check_path(std::string_view path) {
    if (path.empty()) return bad_path(path, "it is empty");
    if (path.size() > kMaxPath) return bad_path(path, "it is longer than 4096 bytes");
    if (std::ranges::any_of(path, is_control)) return bad_path(path, "it has control characters");
    if (!is_valid_utf8(path)) return bad_path("", "it is not UTF-8");
    if (path.starts_with("..\\")) return bad_path(path, "it leads out of the repository");
    if (path.starts_with('/')) return bad_path(path, "it is absolute");
    if (!all_segments(path, is_good_segment))
        return bad_path(path, "empty parts, '.', '..', '.git' and names over 255 bytes may not be");
    return {};
}

bool is_valid_ref_name(std::string_view name) {
    if (name.empty() || name.size() > kMaxName || name == "@" || name == "HEAD") return false;
    if (name.starts_with("refs/") || name.starts_with('-') || name.ends_with('.')) return false;
    if (name.contains("..") || name.contains("@{") || !is_valid_utf8(name)) return false;
    if (std::ranges::any_of(name, [](char c) {
            return is_control(c) || std::string_view(" ~^:?*[\\").contains(c);
        }))
        return false;
    return all_segments(name, [](std::string_view part) {
        return !part.empty() && !part.starts_with('.') && !part.ends_with(".lock");
    });
}

}  // namespace siahub::hub
