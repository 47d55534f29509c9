#pragma once
// Every endpoint of cas: method, path, the right it needs, the handler.

#include "cas/services.hpp"
#include "http/router.hpp"

namespace siahub::cas {

// `services` outlives the router.
void add_routes(http::Router& router, const Services& services);

// Headers that every answer carries: request id, CORS for browser clients.
void add_common_headers(const http::Request& request, http::Response& response);

}  // namespace siahub::cas
