// The query of a signed URL and the text of a token, from anybody: nothing is ever accepted
// unless this process signed it, and what it signed comes back whatever the fields hold.

#include "auth/internal_token.hpp"
#include "auth/token_signer.hpp"
#include "auth/url_signer.hpp"
#include "core/temp_dir.hpp"

#include <cstdlib>

using namespace siahub;
using namespace siahub::auth;

namespace {

struct Signers {
    TempDir dir;
    ManualClock clock{1'000'000};
    LiveKeyRing keys = LiveKeyRing::open(dir.path() / "keys").value();
    InternalTokens internal{keys, clock};
    UrlSigner urls{keys, clock};
    TokenSigner tokens{keys, clock};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Signers signers;
    const auto text = as_chars(std::as_bytes(std::span(data, size)));
    if (signers.urls.check_xorb({}, text) || signers.urls.check_file({}, text)) std::abort();
    if (signers.tokens.check(text) || signers.internal.check("a", text)) std::abort();
    if (size > 1000) return 0;
    std::string query;
    const UrlFields fields{{"f", std::string(text)}};
    signers.urls.append(query, text, fields, 2'000'000);
    const auto checked = signers.urls.check(text, query);
    if (!checked || field(*checked, "f") != text) std::abort();
    return 0;
}
