#include "cas/owned_repos_api.hpp"

#include "cas/addresses.hpp"
#include "cas/page_query.hpp"
#include "core/encoding.hpp"
#include "hub/accounts.hpp"
#include "hub/owned_repos.hpp"

#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kMostPerPage = 1000;
constexpr double kPercent = 100;

// "<row id>-<total>"
Result<std::optional<hub::OwnedReposFrom>> cursor_of(const http::Request& request) {
    const auto text = request.query_value("cursor");
    if (!text) return std::nullopt;
    hub::OwnedReposFrom from;
    const auto* end = text->data() + text->size();
    const auto id = std::from_chars(text->data(), end, from.after);
    if (id.ec == std::errc() && id.ptr != end && *id.ptr == '-')
        if (const auto total = std::from_chars(id.ptr + 1, end, from.total);
            total.ec == std::errc() && total.ptr == end)
            return from;
    return fail(Code::invalid_argument, "\"cursor\" is not one that this hub gave");
}

json::object repo_json(const hub::OwnedRepo& owned, std::int64_t total) {
    const auto& repo = owned.repo;
    const auto share = total == 0 ? 0.0 : static_cast<double>(owned.bytes) * kPercent;
    return {{"id", repo.full_name()},
            {"type", hub::to_string(repo.kind)},
            {"updatedAt", to_iso8601(repo.updated_at)},
            {"visibility", repo.is_private ? "private" : "public"},
            {"storage", owned.bytes},
            {"storagePercent", total == 0 ? 0.0 : share / static_cast<double>(total)}};
}

Answer list_repos_of(Call& call, RowId owner) {
    const auto limit = CO_TRY(number_query(call.http, "limit", kPage, kMostPerPage));
    const auto from = CO_TRY(cursor_of(call.http));
    const auto page = CO_TRY(co_await hub::owned_repos(call.services.database, owner, from,
                                                       static_cast<std::int64_t>(limit)));
    json::array list;
    for (const auto& owned : page.repos)
        list.push_back(repo_json(owned, page.total));
    auto response = json_response(json::serialize(list));
    if (page.next)
        response.headers.set(
            "Link", next_page_link(call.http, "cursor",
                                   fmt::format("{}-{}", page.next->after, page.next->total)));
    co_return response;
}

}  // namespace

Answer list_own_repos(Call& call) {
    if (call.caller->anonymous())
        co_return fail(Code::unauthorized, "Sign in to see your repositories");
    co_return co_await list_repos_of(call, call.caller->user_id);
}

Answer list_organization_repos(Call& call) {
    const auto name = CO_TRY(percent_decode(call.http.captures[0]));
    const auto account = CO_TRY(co_await call.services.accounts.find(name));
    if (!account.is_org) co_return fail(Code::not_found, "There is no organization of this name");
    if (!call.caller->role_in(account.id))
        co_return fail(Code::forbidden, "Only its members see what an organization stores");
    co_return co_await list_repos_of(call, account.id);
}

}  // namespace siahub::cas
