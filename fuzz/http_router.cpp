// Paths: routing takes any bytes, captures point into the path, decoding is strict and never grows.
#include "core/encoding.hpp"
#include "http/router.hpp"

#include <cstdlib>

using namespace siahub;
using namespace siahub::http;

namespace {

Task<Response> nothing(Request&) {
    co_return Response{};
}

std::unique_ptr<Router> make_router() {
    auto router = std::make_unique<Router>();
    for (const auto* pattern :
         {"/", "/api/models", "/api/models/{ns}/{repo}",
          "/api/{kind}/{ns}/{repo}/tree/{rev}/{path*}", "/{ns}/{repo}.git/info/lfs/objects/batch",
          "/{ns}/{repo}/resolve/{rev}/{path*}", "/datasets/{ns}/{repo}/resolve/{rev}/{path*}",
          "/{a}/{b}/{c}/{d}/{e}", "/v1/xorbs/{rest*}"})
        router->add(Method::get, pattern, nothing);
    return router;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto router = make_router();
    const std::string_view path(reinterpret_cast<const char*>(data), size);
    for (const auto method : {Method::get, Method::head, Method::post}) {
        const auto match = router->find(method, path);
        for (const auto capture : match.captures) {
            const bool inside = capture.data() >= path.data() &&
                                capture.data() + capture.size() <= path.data() + path.size();
            if (!inside && !capture.empty()) std::abort();
            const auto decoded = percent_decode(capture);
            if (decoded && decoded->size() > capture.size()) std::abort();
        }
        if (match.handler != nullptr && match.method_mismatch) std::abort();
    }
    return 0;
}
