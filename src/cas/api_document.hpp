#pragma once
// api/openapi.yaml, which the program carries: what it says of its own API.

#include "cas/endpoint.hpp"

namespace siahub::cas {

extern const std::string_view kApiDocument;

Answer api_document(const Services& services, http::Request& request);  // GET /api/openapi.yaml

}  // namespace siahub::cas
