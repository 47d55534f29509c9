#pragma once
// GET /gw/xorbs/{xorb}: exactly the signed byte ranges of a xorb. GET /gw/files/{file}/{name}: a
// whole file, with any ranges of it. What is wrong with a URL is 403, so that clients ask for a new
// one. References must outlive the router.

#include "core/log.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace siahub::gateway {

void add_routes(http::Router& router, store::Store& store, const Log& log);

}  // namespace siahub::gateway
