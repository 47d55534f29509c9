#pragma once
// How a resolve request for a file that SiaHub holds is answered. Pure.

#include "hf_proxy/cas_client.hpp"
#include "http/relay.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace siahub::hf_proxy {

// The SHA-256 by which the upstream names the file, if its answer lets the caller read it.
std::optional<std::string> linked_sha256(unsigned status, const http::Headers& headers);

struct HeldAnswer {
    const Target& target;
    const HeldFile& file;
    const http::Headers& upstream;  // of its answer
    std::string_view own_url;       // the proxy, as the client addressed it
    std::string cas_url;
};

// The client wants to read by Xet: HEAD, and what the JS client asks instead.
http::Response xet_answer(const HeldAnswer& answer, http::Method method);
// Any other GET: to the gateway.
http::Response redirect_answer(const HeldAnswer& answer);

inline constexpr std::string_view kXetFileInfo = "application/vnd.xet-fileinfo+json";

}  // namespace siahub::hf_proxy
