// Answers of a strange hub, as hf-proxy rewrites them: nothing of the upstream's address or token
// is left where the rewriting promises it, and what is written can be read again.
#include "hf_proxy/answers.hpp"
#include "hf_proxy/target.hpp"

#include <cstdlib>

using namespace siahub;
using namespace siahub::hf_proxy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto upstream = http::parse_origin("https://hub.example").value();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Addresses addresses(upstream, "http://proxy");
    if (const auto url = addresses.url(text); addresses.url(url) != url) std::abort();
    std::ignore = addresses.link(text);
    std::ignore = token_expiry(text);
    std::ignore = move_named_addresses(std::string(text), addresses);
    const auto target = classify(http::Method::get, text);
    if (target.kind != Kind::other && target.repo.name.contains('/')) std::abort();
    auto batch = LfsBatch::parse(text);
    if (!batch) return 0;
    for (const auto& oid : batch->missing())
        batch->add_download(oid, "https://cas/x");
    if (!batch->missing().empty()) std::abort();
    batch->point_uploads_to({"ours", 1}, "https://cas");
    batch->move_links(addresses);
    if (!LfsBatch::parse(batch->render())) std::abort();
    return 0;
}
