#pragma once
// GET /gw/xorbs/{xorb}: exactly the signed byte ranges of a xorb. GET /gw/files/{file}/{name}: a
// whole file, with any ranges of it. What is wrong with a URL is 403, so that clients ask for a new
// one. References must outlive the router.

#include "auth/url_signer.hpp"
#include "core/log.hpp"
#include "http/router.hpp"
#include "store/file_reader.hpp"

namespace siahub::gateway {

// What a gateway works with. References to objects that outlive the server.
struct Services {
    const auth::UrlSigner& urls;
    store::FileSources sources;
    const Log& log;
};

void add_routes(http::Router& router, const Services& services);

}  // namespace siahub::gateway
