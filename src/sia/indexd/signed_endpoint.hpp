#pragma once
// indexd's application API seen by the holder of one key, who signs every request (signing.hpp).
// Belongs to whoever owns the http::Client and the clock.

#include "core/clock.hpp"
#include "sia/indexd/endpoint.hpp"
#include "sia/indexd/signing.hpp"

namespace siahub::sia::indexd {

struct AppApiOptions {
    std::string url{};  // "https://indexd.example"
    // "host" or "host:port" as indexd advertises itself, where that is not the one in `url`.
    std::string advertised_authority{};
    std::size_t hosts_per_page = 100;  // indexd allows 500
};

class SignedEndpoint {
  public:
    // invalid_argument: an address that is none.
    static Result<SignedEndpoint> open(http::Client& client, const AppApiOptions& options,
                                       const Ed25519PrivateKey& key, const Clock& clock);

    Task<ApiResult<boost::json::value>> ask(Call call) const;
    Task<ApiResult<void>> order(Call call) const;  // what it answers does not matter

    [[nodiscard]] const Ed25519PrivateKey& key() const { return key_; }

  private:
    SignedEndpoint(Endpoint endpoint, std::string authority, const Ed25519PrivateKey& key,
                   const Clock& clock);
    [[nodiscard]] Call sign(Call call) const;

    Endpoint endpoint_;
    std::string authority_;
    Ed25519PrivateKey key_;
    const Clock* clock_;
};

}  // namespace siahub::sia::indexd
