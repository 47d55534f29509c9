#pragma once
// How an app key becomes known to indexd: by a person who approves a request with a connect key, by
// a pre-authorised key, or (admin_api.hpp) by the operator. The request is signed by a key made for
// this one purpose; the user's secret that an approval brings, together with the recovery phrase,
// gives the app key (sia/keys). Tasks on the threads of the http::Client. Errors: ApiError.

#include "sia/indexd/signed_endpoint.hpp"

namespace siahub::sia::indexd {

struct ConnectStatus {
    bool approved = false;
    bool reconnecting = false;  // this app was connected with the same connect key before
    Hash256 user_secret{};      // when approved
};

class ConnectRequest {
  public:
    // Asks indexd; it forgets the request after ten minutes. With `preauthorized` it is approved at
    // once. Of `options` only the addresses count.
    static Task<ApiResult<std::unique_ptr<ConnectRequest>>> make(
        http::Client& client, AppApiOptions options, AppInfo app, const Clock& clock,
        std::optional<Ed25519PrivateKey> preauthorized);

    // Where a person approves it in a browser.
    [[nodiscard]] const std::string& approval_url() const { return approval_url_; }
    [[nodiscard]] std::int64_t expires_at() const { return expires_at_; }

    // not_found: rejected, or expired.
    Task<ApiResult<ConnectStatus>> status() const;
    // Once, after the approval.
    Task<ApiResult<void>> register_key(Ed25519PrivateKey app_key) const;

  private:
    explicit ConnectRequest(SignedEndpoint api) : api_(std::move(api)) {}

    SignedEndpoint api_;
    std::string id_, approval_url_;
    std::int64_t expires_at_ = 0;
};

// What the page behind approval_url() does when a person enters a connect key: for programs that
// have one themselves.
Task<ApiResult<void>> answer_request(http::Client& client, std::string approval_url,
                                     std::string connect_key, bool approve);

}  // namespace siahub::sia::indexd
