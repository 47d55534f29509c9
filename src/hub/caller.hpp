#pragma once
// Who is asking. A plain value, immutable once authenticated, so that one may be shared by all
// requests that carry the same key. A Caller without user is anonymous.

#include "core/ids.hpp"
#include "hub/types.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::hub {

// What a key may do at most: its holder's rights cut down to this. `admin` includes `write`
// includes `read`; `admin` opens the operator's interface and gives no right on other people's
// repositories.
enum class KeyScope { read, write, admin };
// What a member may do in an organisation: read everything, also create and write what he created,
// write everything, also manage the organisation.
enum class OrgRole { read, contributor, write, admin };

std::string_view to_string(KeyScope scope);
std::string_view to_string(OrgRole role);
std::optional<KeyScope> parse_key_scope(std::string_view word);
std::optional<OrgRole> parse_org_role(std::string_view word);

struct Membership {
    RowId org_id = 0;
    std::string name;
    OrgRole role = OrgRole::read;
};

struct Caller {
    RowId user_id = 0;  // 0: anonymous
    std::string name, email;
    RowId key_id = 0;      // 0: not by key
    RowId session_id = 0;  // 0: not by the cookie of a session
    bool is_admin = false;
    // `admin` only for administrators, whatever the key says; a session has all that its user has.
    KeyScope scope = KeyScope::read;
    std::vector<Membership> memberships;

    [[nodiscard]] bool anonymous() const { return user_id == 0; }
    // The role in the namespace `owner_id`: `admin` in one's own; nullopt for a stranger.
    [[nodiscard]] std::optional<OrgRole> role_in(RowId owner_id) const;
    [[nodiscard]] Author author() const { return {user_id, name, email, key_id}; }
};

using CallerPtr = std::shared_ptr<const Caller>;

}  // namespace siahub::hub
