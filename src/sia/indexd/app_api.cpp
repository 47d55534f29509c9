#include "sia/indexd/app_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace siahub::sia::indexd {
namespace {

namespace json = boost::json;

// As the SDKs do; a slab of 30 sectors is 5 KiB of JSON and a body may have 10 MiB.
constexpr std::size_t kSlabsPerCall = 50;
constexpr std::size_t kMaxHosts = 100'000;

std::string paging(std::size_t offset, std::size_t limit) {
    return "offset=" + std::to_string(offset) + "&limit=" + std::to_string(limit);
}

Call get(std::string path, std::string query = {}) {
    return {.path = std::move(path), .query = std::move(query)};
}

}  // namespace

Result<AppApi> AppApi::open(http::Client& client, const AppApiOptions& options,
                            const Ed25519PrivateKey& key, const Clock& clock) {
    auto api = TRY(SignedEndpoint::open(client, options, key, clock));
    return AppApi(std::move(api), options.hosts_per_page);
}

Task<ApiResult<void>> AppApi::check() const {
    co_return co_await api_.order(get("/auth/check"));
}

Task<ApiResult<Account>> AppApi::account() const {
    const auto answer = CO_TRY(co_await api_.ask(get("/account")));
    co_return CO_TRY(parse_account(answer));
}

Task<ApiResult<std::vector<Host>>> AppApi::hosts(HostQuery query) const {
    std::string filter;
    if (!query.protocol.empty()) filter += "&protocol=" + percent_encode(query.protocol);
    if (!query.country.empty()) filter += "&country=" + percent_encode(query.country);
    std::vector<Host> all;
    while (all.size() < kMaxHosts) {
        const auto answer =
            CO_TRY(co_await api_.ask(get("/hosts", paging(all.size(), hosts_per_page_) + filter)));
        auto page = CO_TRY(read_list(answer, parse_host));
        const bool is_last = page.size() < hosts_per_page_;
        std::ranges::move(page, std::back_inserter(all));
        if (is_last) break;
    }
    co_return all;
}

Task<ApiResult<std::vector<Hash256>>> AppApi::pin_slabs(std::vector<Slab> slabs) const {
    std::vector<Hash256> ids;
    for (std::size_t at = 0; at < slabs.size(); at += kSlabsPerCall) {
        const auto batch = std::span(slabs).subspan(at, std::min(kSlabsPerCall, slabs.size() - at));
        json::array body;
        for (const auto& slab : batch)
            body.push_back(to_json(slab));
        const auto answer = CO_TRY(
            co_await api_.ask({.method = "POST", .path = "/slabs", .body = json::serialize(body)}));
        const auto pinned = CO_TRY(read_list(answer, parse_hash));
        if (!std::ranges::equal(pinned, batch, {}, {}, slab_id))
            co_return std::unexpected(ApiError(
                Failure::bad_answer, "indexd pinned slabs under other ids than these slabs have."));
        ids.insert(ids.end(), pinned.begin(), pinned.end());
    }
    co_return ids;
}

Task<ApiResult<Slab>> AppApi::slab(Hash256 id) const {
    const auto answer = CO_TRY(co_await api_.ask(get("/slabs/" + id.hex())));
    auto slab = CO_TRY(parse_pinned_slab(answer));
    if (slab_id(slab) != id)
        co_return std::unexpected(ApiError(Failure::bad_answer, "indexd sent another slab."));
    co_return slab;
}

Task<ApiResult<std::vector<Hash256>>> AppApi::slab_ids(std::size_t offset,
                                                       std::size_t limit) const {
    const auto answer = CO_TRY(co_await api_.ask(get("/slabs", paging(offset, limit))));
    co_return CO_TRY(read_list(answer, parse_hash));
}

Task<ApiResult<void>> AppApi::unpin_slab(Hash256 id) const {
    co_return co_await api_.order({.method = "DELETE", .path = "/slabs/" + id.hex()});
}

Task<ApiResult<void>> AppApi::prune_slabs(std::optional<std::int64_t> before) const {
    std::string query;
    if (before) query = "before=" + percent_encode(to_rfc3339(*before));
    co_return co_await api_.order({.method = "POST", .path = "/slabs/prune", .query = query});
}

Task<ApiResult<void>> AppApi::pin_object(SealedObject object) const {
    co_return co_await api_.order(
        {.method = "POST", .path = "/objects", .body = json::serialize(pin_request(object))});
}

Task<ApiResult<SealedObject>> AppApi::object(Hash256 id) const {
    const auto answer = CO_TRY(co_await api_.ask(get("/objects/" + id.hex())));
    auto object = CO_TRY(parse_sealed_object(answer));
    if (object.id() != id)
        co_return std::unexpected(ApiError(Failure::bad_answer, "indexd sent another object."));
    co_return object;
}

Task<ApiResult<void>> AppApi::delete_object(Hash256 id) const {
    co_return co_await api_.order({.method = "DELETE", .path = "/objects/" + id.hex()});
}

Task<ApiResult<std::vector<ObjectEvent>>> AppApi::events(EventCursor after,
                                                         std::size_t limit) const {
    std::string query = "limit=" + std::to_string(limit);
    if (after != EventCursor{})
        query += "&after=" + percent_encode(to_rfc3339(after.after)) + "&key=" + after.key.hex();
    const auto answer = CO_TRY(co_await api_.ask(get("/objects", query)));
    co_return CO_TRY(read_list(answer, parse_event));
}

}  // namespace siahub::sia::indexd
