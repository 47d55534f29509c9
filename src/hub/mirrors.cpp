#include "hub/mirrors.hpp"

#include "hub/names.hpp"

#include <algorithm>
#include <array>

namespace siahub::hub {
namespace {

constexpr std::size_t kLongestName = 512;

bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

bool is_name(std::string_view part) {
    return !part.empty() && part != "." && part != ".." && std::ranges::all_of(part, is_name_char);
}

bool is_host(std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [](char c) {
        return is_name_char(c) || c == ':' || c == '[' || c == ']';
    });
}

std::string_view take_part(std::string_view& rest) {
    const auto part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
}

}  // namespace

Result<std::string> mirror_key(std::string_view repository) {
    auto key = name_key(repository);
    std::string_view rest = key;
    const bool host = is_host(take_part(rest));
    const auto kind = take_part(rest);
    const bool known = kind == "models" || kind == "datasets" || kind == "spaces";
    const bool named = is_name(take_part(rest)) && is_name(rest);
    if (!host || !known || !named || key.size() > kLongestName)
        return fail(Code::invalid_argument,
                    "a repository of another hub is called host/models/namespace/name, with "
                    "datasets or spaces for models");
    return key;
}

Task<Result<std::optional<RowId>>> Mirrors::find(std::string_view repository) {
    co_return co_await find_key(CO_TRY(mirror_key(repository)));
}

Task<Result<std::optional<RowId>>> Mirrors::find_key(const std::string& key) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT id FROM repos WHERE kind = 'mirror' AND full_key = $1", {key}));
    if (rows.empty()) co_return std::nullopt;
    co_return rows[0].integer(0);
}

Task<Result<RowId>> Mirrors::open(std::string_view repository) {
    const auto key = CO_TRY(mirror_key(repository));
    if (const auto known = CO_TRY(co_await find_key(key))) co_return *known;
    const auto now = clock_.now();
    const auto slash = key.find('/');
    // No account has the owner -1: not even that of the anonymous, which is 0.
    CO_TRY(co_await database_.execute(
        "INSERT INTO repos (id, kind, owner_id, namespace, name, full_key, private,"
        " default_branch, created_at, updated_at)"
        " VALUES ($1, 'mirror', -1, $2, $3, $4, 1, 'main', $5, $5)"
        " ON CONFLICT (kind, full_key) DO NOTHING",
        {new_row_id(now), key.substr(0, slash), key.substr(slash + 1), key, now}));
    const auto made = CO_TRY(co_await find_key(key));
    if (!made) co_return fail(Code::internal, "a mirror repository vanished");
    co_return *made;
}

}  // namespace siahub::hub
