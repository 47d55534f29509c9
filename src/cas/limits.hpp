#pragma once
// How often callers may use the Hub API, and the answer when it is too often. A stranger costs the
// hub work and owes it nothing; whoever guesses keys is slowed down; a key is known to the
// operator, and its limit is far beyond what clients do. The transfers of a client (Xet tokens,
// signed URLs) are not counted. A limit of 0 requests is off.

#include "cas/services.hpp"
#include "http/message.hpp"
#include "hub/caller.hpp"
#include "kv/rate.hpp"

#include <array>
#include <string>
#include <string_view>

namespace siahub::cas {

// Who has an IPv6 address has at least the 2^64 of its network: one name for all of them.
std::string network_of(std::string_view address);

// The limit that a request counts against.
class Limit {
  public:
    // `caller`: what authentication said of the request.
    Limit(const Limits& limits, const Result<hub::CallerPtr>& caller, const http::Request& request);

    [[nodiscard]] bool off() const { return rate_.requests == 0; }
    [[nodiscard]] const kv::Rate& rate() const { return rate_; }
    // Whom it is about, among the counts of refusals.
    [[nodiscard]] Counter Refusals::* refused() const { return refused_; }
    [[nodiscard]] std::string_view key() const { return {key_.data(), key_size_}; }
    // 429 with Retry-After and the RateLimit headers as Hugging Face clients read them
    // (hf_hub_api.md 6): they sleep until the time named.
    [[nodiscard]] http::Response refusal(const kv::Turn& turn) const;

  private:
    void count(const kv::Rate& rate, std::string_view who, std::string_view address);

    kv::Rate rate_;
    Counter Refusals::* refused_ = &Refusals::key;
    std::string_view complaint_;
    std::array<char, 80> key_;  // not a string: this is made for every request
    std::size_t key_size_ = 0;
};

}  // namespace siahub::cas
