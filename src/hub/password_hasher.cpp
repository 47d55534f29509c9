#include "hub/password_hasher.hpp"

#include "crypto/password_hash.hpp"

namespace siahub::hub {
namespace {

bool check(const std::optional<std::string>& hash, const std::string& password) {
    if (hash) return verify_password(*hash, password);
    (void)hash_password(password);
    return false;
}

}  // namespace

Task<Result<AsyncSemaphore::Permit>> PasswordHasher::take_turn() {
    if (turns_.waiting() >= kMaxWaiting)
        co_return fail(Code::unavailable, "Too many people sign in right now; try again");
    co_return co_await turns_.acquire();
}

Task<Result<std::string>> PasswordHasher::hash(std::string password) {
    const auto turn = CO_TRY(co_await take_turn());
    co_return co_await pool_.run([&password] { return hash_password(password); });
}

Task<Result<bool>> PasswordHasher::verify(std::optional<std::string> hash, std::string password) {
    const auto turn = CO_TRY(co_await take_turn());
    co_return co_await pool_.run([&] { return check(hash, password); });
}

}  // namespace siahub::hub
