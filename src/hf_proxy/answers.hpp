#pragma once
// The JSON of answers that name the upstream's Xet storage or its own address, read and written
// anew. Foreign bytes: whatever does not look as expected stays as it is or is an error. Pure.

#include "core/result.hpp"
#include "hf_proxy/addresses.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace siahub::hf_proxy {

// A Xet token of SiaHub.
struct IssuedToken {
    std::string text;
    std::int64_t expires = 0;  // Unix seconds
};

// {"accessToken", "exp", "casUrl"} of a token route. Errors: unavailable.
Result<std::int64_t> token_expiry(std::string_view body);
std::string render_token(const IssuedToken& token, std::string_view cas_url);

// The answer of an LFS batch.
class LfsBatch {
  public:
    static Result<LfsBatch> parse(std::string_view body);  // Errors: unavailable

    // When the upstream grants a Xet upload: until when, in Unix seconds (0: it does not say).
    [[nodiscard]] std::optional<std::int64_t> xet_grant() const;
    // Objects asked for that the upstream does not have: their hashes, as 64 hex digits.
    [[nodiscard]] std::vector<std::string> missing() const;

    void point_uploads_to(const IssuedToken& token, std::string_view cas_url);
    void add_download(std::string_view sha256, std::string_view url);
    // Links to the upstream itself.
    void move_links(const Addresses& addresses);
    [[nodiscard]] std::string render() const;

  private:
    explicit LfsBatch(boost::json::object body) : body_(std::move(body)) {}
    template <class Visit>
    void each_action(const Visit& visit);

    boost::json::object body_;
};

// Moves "url", "commitUrl" and "pullRequestUrl" of a JSON object; anything else stays as it is.
std::string move_named_addresses(std::string body, const Addresses& addresses);

}  // namespace siahub::hf_proxy
