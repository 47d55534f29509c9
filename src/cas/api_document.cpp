#include "cas/api_document.hpp"

namespace siahub::cas {

Answer api_document(const Services&, http::Request&) {
    http::Response response;
    response.headers.set("Content-Type", "application/yaml");
    response.body = std::string(kApiDocument);
    co_return response;
}

}  // namespace siahub::cas
