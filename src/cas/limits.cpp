#include "cas/limits.hpp"

#include "cas/errors.hpp"

#include <boost/asio/ip/address_v6.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace {

std::int64_t whole_seconds(std::chrono::milliseconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
}

}  // namespace

std::string network_of(std::string_view address) {
    boost::system::error_code error;
    const auto v6 = boost::asio::ip::make_address_v6(address, error);
    if (error) return std::string(address);
    if (v6.is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6).to_string();
    auto bytes = v6.to_bytes();
    std::fill(bytes.begin() + bytes.size() / 2, bytes.end(), 0);
    return boost::asio::ip::address_v6(bytes).to_string();
}

Limit::Limit(const Limits& limits, const Result<hub::CallerPtr>& caller,
             const http::Request& request) {
    if (!caller) {
        if (caller.error().code != Code::invalid_credentials) return;
        refused_ = &Refusals::wrong_key;
        complaint_ = "Too many wrong keys from your address; try again in {} s";
        count(limits.wrong_key, "wrong-key", request.peer_address);
    } else if ((*caller)->anonymous()) {
        refused_ = &Refusals::anonymous;
        complaint_ = "Too many requests from your address; try again in {} s, or use a key";
        count(limits.anonymous, "anonymous", request.peer_address);
    } else if (limits.key.requests != 0) {
        complaint_ = "Too many requests with this key; try again in {} s";
        rate_ = limits.key;
        const auto& known = **caller;
        const bool by_key = known.session_id == 0;
        const auto end =
            fmt::format_to_n(key_.data(), key_.size(), "{}:{}", by_key ? "key" : "session",
                             by_key ? known.key_id : known.session_id);
        key_size_ = std::min(end.size, key_.size());
    }
}

void Limit::count(const kv::Rate& rate, std::string_view who, std::string_view address) {
    rate_ = rate;
    if (off()) return;
    const bool v6 = address.contains(':');
    const auto end =
        v6 ? fmt::format_to_n(key_.data(), key_.size(), "{}:{}", who, network_of(address))
           : fmt::format_to_n(key_.data(), key_.size(), "{}:{}", who, address);
    key_size_ = std::min(end.size, key_.size());
}

http::Response Limit::refusal(const kv::Turn& turn) const {
    const auto seconds = std::max<std::int64_t>(whole_seconds(turn.reset), 1);
    auto response = error_response(
        {Code::too_many_requests, fmt::format(fmt::runtime(complaint_), seconds)}, false);
    response.headers.set("Retry-After", std::to_string(seconds));
    response.headers.set("RateLimit", fmt::format("\"api\";r=0;t={}", seconds));
    response.headers.set("RateLimit-Policy",
                         fmt::format("\"fixed window\";\"api\";q={};w={}", rate_.requests,
                                     std::max<std::int64_t>(whole_seconds(rate_.window), 1)));
    return response;
}

}  // namespace siahub::cas
