#pragma once
// The other providers by which somebody may sign in: GitHub and whoever speaks OpenID Connect, by
// authorisation code with PKCE (RFC 7636). What a provider says of itself (discovery, keys) is
// asked when it is needed and believed for some minutes. Any I/O thread. Errors: unavailable (the
// provider), conflict (the code is used or too old), unprocessable (what it answered does not check
// out).

#include "core/clock.hpp"
#include "core/task.hpp"
#include "http/client.hpp"

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace siahub::cas {

struct OauthProvider {
    std::string id, name;
    bool github = false;
    std::string issuer;   // of GitHub: where it is
    std::string api_url;  // of GitHub
    std::string client_id, client_secret;
    bool sign_up = false;  // whoever it knows may make an account without an invitation
};

// Where a person goes to say who he is.
struct OauthQuestion {
    std::string state, nonce, verifier, redirect_uri;
};

// Who came back.
struct OauthPerson {
    std::string subject, name, fullname, email;
    bool email_verified = false;
};

// What strangers say, for the log.
std::string printable(std::string_view text);

class OauthProviders {
  public:
    OauthProviders(std::vector<OauthProvider> providers, std::unique_ptr<http::Client> client,
                   const Clock& clock)
        : providers_(std::move(providers)), client_(std::move(client)), clock_(clock) {}

    // As GET /api/session lists them.
    [[nodiscard]] boost::json::array list() const;
    [[nodiscard]] const OauthProvider* find(std::string_view id) const;

    Task<Result<std::string>> question_url(const OauthProvider& provider, OauthQuestion question);
    // What the provider says about whoever brought this code.
    Task<Result<OauthPerson>> redeem(const OauthProvider& provider, std::string code,
                                     OauthQuestion question);

  private:
    struct Kept {
        boost::json::object value;
        UnixMillis until = 0;
    };
    using Json = Task<Result<boost::json::value>>;

    Json get_json(std::string url, std::string bearer);
    Json post_form(const OauthProvider& provider, std::string url, std::string form,
                   bool secret_in_header);
    Json exchange(http::ClientRequest request);
    Task<Result<boost::json::object>> kept(std::string url, bool afresh);
    Task<Result<boost::json::object>> discover(const OauthProvider& provider);
    Task<Result<OauthPerson>> redeem_oidc(const OauthProvider& provider, std::string code,
                                          OauthQuestion question);
    Task<Result<OauthPerson>> redeem_github(const OauthProvider& provider, std::string code,
                                            OauthQuestion question);
    Task<Result<boost::json::object>> checked_claims(const OauthProvider& provider,
                                                     std::string keys_url, std::string token);

    const std::vector<OauthProvider> providers_;
    const std::unique_ptr<http::Client> client_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, Kept> kept_;  // by URL; as many as there are providers, twice
};

}  // namespace siahub::cas
