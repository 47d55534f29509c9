#include "auth/token_signer.hpp"

#include "core/encoding.hpp"
#include "crypto/digest.hpp"

namespace siahub::auth {
namespace {

// version, scope, repo, user, expires, key; then the HMAC. Version 1 has no key: processes of
// before an upgrade make such tokens until the last of them is gone.
constexpr std::byte kVersion{2};
constexpr std::byte kKeylessVersion{1};
constexpr std::size_t kKeylessSize = 1 + 1 + 8 + 8 + 8;
constexpr std::size_t kBodySize = kKeylessSize + 8;
constexpr std::size_t kMacSize = 32;
constexpr std::string_view kPrefix = "xet_";

Failure refuse() {
    return fail(Code::invalid_credentials, "The Xet token is not valid or has expired.");
}

Bytes encode(const XetToken& token) {
    Bytes body{kVersion, static_cast<std::byte>(token.scope)};
    append_le(body, token.repo);
    append_le(body, token.user);
    append_le(body, token.expires);
    append_le(body, token.key);
    return body;
}

// Of a whole token; 0 for a version that nobody made.
std::size_t size_of(std::byte version) {
    if (version == kVersion) return kBodySize + kMacSize;
    return version == kKeylessVersion ? kKeylessSize + kMacSize : 0;
}

XetToken decode(ByteView body) {
    return {.repo = load_le<std::int64_t>(&body[2]),
            .user = load_le<std::int64_t>(&body[10]),
            .scope = body[1] == std::byte{1} ? TokenScope::write : TokenScope::read,
            .expires = load_le<std::int64_t>(&body[18]),
            .key = body.size() == kBodySize ? load_le<std::int64_t>(&body[26]) : 0};
}

}  // namespace

TokenSigner::TokenSigner(LiveKeyRing keys, const Clock& clock)
    : keys_(std::move(keys)), clock_(clock) {}

std::string TokenSigner::sign(const XetToken& token) const {
    Bytes bytes = encode(token);
    append(bytes, hmac_sha256(keys_.keys(Purpose::xet_token)->front().secret, bytes));
    return std::string(kPrefix) + to_base64url(bytes);
}

Result<XetToken> TokenSigner::check(std::string_view text) const {
    if (!text.starts_with(kPrefix) || text.size() > 2 * (kBodySize + kMacSize)) return refuse();
    const auto bytes = from_base64url(text.substr(kPrefix.size()));
    if (!bytes || bytes->empty() || bytes->size() != size_of(bytes->front())) return refuse();
    const auto body = ByteView(*bytes).first(bytes->size() - kMacSize);
    const auto mac = ByteView(*bytes).last(kMacSize);
    const auto keys = keys_.keys(Purpose::xet_token);
    const bool genuine = std::ranges::any_of(*keys, [&](const SigningKey& key) {
        return constant_time_equal(hmac_sha256(key.secret, body), mac);
    });
    if (!genuine) return refuse();
    const auto token = decode(body);
    if (clock_.now() > token.expires + kTokenLeeway) return refuse();
    return token;
}

}  // namespace siahub::auth
