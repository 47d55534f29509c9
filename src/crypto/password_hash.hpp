#pragma once
// Passwords as Argon2id (RFC 9106) over libsodium: 64 MiB and two passes, some 60 ms of a core. The
// text of a hash names algorithm, cost and salt, so the cost can be raised later. Any thread;
// callers bound how many run at once, for each takes its memory while it runs. Exhausted memory
// throws.

#include <string>
#include <string_view>

namespace siahub {

std::string hash_password(std::string_view password);
[[nodiscard]] bool verify_password(const std::string& hash, std::string_view password);
// Made with another cost than hash_password() takes now.
[[nodiscard]] bool is_outdated(const std::string& hash);

}  // namespace siahub
