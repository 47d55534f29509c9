// ID tokens and the keys of a provider: a line of each per input.

#include "auth/jwt.hpp"

#include <cstdlib>

#include <boost/json.hpp>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto line = std::min(input.find('\n'), input.size());
    boost::json::error_code error;
    const auto keys = boost::json::parse(input.substr(std::min(line + 1, size)), error);
    const auto claims = auth::verify_jwt(input.substr(0, line), keys);
    if (claims) (void)auth::check_claims(*claims, {.issuer = "i", .audience = "a", .nonce = "n"});
    return 0;
}
