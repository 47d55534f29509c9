#pragma once
// Tokens of the Xet CAS API: a repository, a user and a scope under HMAC-SHA256, opaque to clients,
// checked without the database. Write includes read. Clients refresh shortly before `expires` and
// take a refusal as final, so validation tolerates kTokenLeeway. Bad or old tokens are
// invalid_credentials. Thread-safe.

#include "auth/live_key_ring.hpp"
#include "core/clock.hpp"
#include "core/ids.hpp"

#include <string>

namespace siahub::auth {

inline constexpr UnixMillis kTokenLeeway = 60'000;

enum class TokenScope : std::uint8_t { read = 0, write = 1 };

struct XetToken {
    RowId repo = 0;
    RowId user = 0;  // 0: anonymous
    TokenScope scope = TokenScope::read;
    UnixMillis expires = 0;
    RowId key = 0;  // by which the user came, for the log; 0: none, or a token of an older program

    friend bool operator==(const XetToken&, const XetToken&) = default;
};

class TokenSigner {
  public:
    TokenSigner(LiveKeyRing keys, const Clock& clock);

    [[nodiscard]] std::string sign(const XetToken& token) const;
    [[nodiscard]] Result<XetToken> check(std::string_view text) const;

  private:
    LiveKeyRing keys_;
    const Clock& clock_;
};

}  // namespace siahub::auth
