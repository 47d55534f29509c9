#include "hub/caller.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace siahub::hub {
namespace {

template <class Enum, std::size_t N>
using Words = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Words<KeyScope, 3> kScopes = {
    {{KeyScope::read, "read"}, {KeyScope::write, "write"}, {KeyScope::admin, "admin"}}};
constexpr Words<OrgRole, 4> kRoles = {{{OrgRole::read, "read"},
                                       {OrgRole::contributor, "contributor"},
                                       {OrgRole::write, "write"},
                                       {OrgRole::admin, "admin"}}};

template <class Enum, std::size_t N>
std::string_view word_of(const Words<Enum, N>& words, Enum value) {
    return std::ranges::find(words, value, &std::pair<Enum, std::string_view>::first)->second;
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const Words<Enum, N>& words, std::string_view word) {
    const auto found = std::ranges::find(words, word, &std::pair<Enum, std::string_view>::second);
    if (found == words.end()) return std::nullopt;
    return found->first;
}

}  // namespace

std::string_view to_string(KeyScope scope) {
    return word_of(kScopes, scope);
}
std::string_view to_string(OrgRole role) {
    return word_of(kRoles, role);
}
std::optional<KeyScope> parse_key_scope(std::string_view word) {
    return value_of(kScopes, word);
}
std::optional<OrgRole> parse_org_role(std::string_view word) {
    return value_of(kRoles, word);
}

std::optional<OrgRole> Caller::role_in(RowId owner_id) const {
    if (anonymous()) return std::nullopt;
    if (owner_id == user_id) return OrgRole::admin;
    const auto found = std::ranges::find(memberships, owner_id, &Membership::org_id);
    if (found == memberships.end()) return std::nullopt;
    return found->role;
}

}  // namespace siahub::hub
