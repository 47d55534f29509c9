#include "auth/internal_token.hpp"

#include "core/encoding.hpp"
#include "crypto/digest.hpp"

namespace siahub::auth {
namespace {

constexpr std::string_view kPrefix = "int_";
constexpr std::size_t kExpirySize = 8;
constexpr std::size_t kTokenSize = kExpirySize + 32;

Sha256 mac_of(const SigningKey& key, ByteView expiry, std::string_view audience) {
    Bytes message(expiry.begin(), expiry.end());
    append(message, as_bytes(audience));
    return hmac_sha256(key.secret, message);
}

Failure refuse() {
    return fail(Code::forbidden,
                "This address is for the processes of this hub: the token is missing, not made with"
                " its keys, made for another address, or too old");
}

}  // namespace

std::string InternalTokens::sign(std::string_view audience) const {
    Bytes bytes;
    append_le(bytes, clock_.now() + kInternalLife);
    const auto keys = keys_.keys(Purpose::internal);
    append(bytes, mac_of(keys->front(), ByteView(bytes), audience));
    return std::string(kPrefix) + to_base64url(bytes);
}

Result<void> InternalTokens::check(std::string_view audience, std::string_view token) const {
    if (!token.starts_with(kPrefix) || token.size() > 2 * kTokenSize) return refuse();
    const auto bytes = from_base64url(token.substr(kPrefix.size()));
    if (!bytes || bytes->size() != kTokenSize) return refuse();
    const auto expiry = ByteView(*bytes).first(kExpirySize);
    const auto mac = ByteView(*bytes).subspan(kExpirySize);
    const auto keys = keys_.keys(Purpose::internal);
    const bool genuine = std::ranges::any_of(*keys, [&](const SigningKey& key) {
        return constant_time_equal(mac_of(key, expiry, audience), mac);
    });
    if (!genuine) return refuse();
    const auto left = load_le<UnixMillis>(expiry.data()) - clock_.now();
    if (left < -kInternalLeeway || left > kInternalLife + kInternalLeeway) return refuse();
    return {};
}

}  // namespace siahub::auth
