#include "cas/operator.hpp"

namespace siahub::cas {

Result<void> check_operator(const hub::Caller& caller) {
    constexpr auto why = "The operator's interface needs an admin key";
    if (caller.anonymous()) return fail(Code::unauthorized, why);
    if (caller.scope != hub::KeyScope::admin) return fail(Code::forbidden, why);
    return {};
}

}  // namespace siahub::cas
