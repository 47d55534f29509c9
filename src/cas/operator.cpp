#include "cas/operator.hpp"

namespace siahub::cas {

Result<void> require_admin(const hub::Caller& caller) {
    if (caller.anonymous()) return fail(Code::unauthorized, "This needs an administrator; sign in");
    if (caller.scope != hub::KeyScope::admin)
        return fail(Code::forbidden,
                    "This needs an administrator, or an administrator's admin key");
    return {};
}

}  // namespace siahub::cas
