#include "cas/addresses.hpp"

#include "core/encoding.hpp"

#include <fmt/format.h>

namespace siahub::cas {

std::string_view page_prefix(hub::RepoKind kind) {
    switch (kind) {
        case hub::RepoKind::model:
            return "";
        case hub::RepoKind::dataset:
            return "datasets/";
        case hub::RepoKind::space:
            return "spaces/";
    }
    return "";
}

std::string_view api_plural(hub::RepoKind kind) {
    switch (kind) {
        case hub::RepoKind::model:
            return "models";
        case hub::RepoKind::dataset:
            return "datasets";
        case hub::RepoKind::space:
            return "spaces";
    }
    return "models";
}

std::string repo_url(const http::Request& request, const hub::Repo& repo) {
    return fmt::format("{}/{}{}/{}", request.base_url, page_prefix(repo.kind),
                       percent_encode(repo.ns), percent_encode(repo.name));
}

std::string api_url(const http::Request& request, const hub::Repo& repo) {
    return fmt::format("{}/api/{}/{}/{}", request.base_url, api_plural(repo.kind),
                       percent_encode(repo.ns), percent_encode(repo.name));
}

std::string_view gateway_url(const Services& services, const http::Request& request) {
    return services.gateway_url.empty() ? std::string_view(request.base_url) : services.gateway_url;
}

std::string next_page_link(const http::Request& request, std::string_view cursor_name,
                           std::string_view cursor) {
    std::string query;
    std::string_view rest = request.query;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('&'), rest.size());
        const auto parameter = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (parameter.substr(0, parameter.find('=')) == cursor_name) continue;
        query += fmt::format("{}&", parameter);
    }
    query += fmt::format("{}={}", cursor_name, percent_encode(cursor));
    // Some clients split the Link header at every comma.
    for (auto at = query.find(','); at != std::string::npos; at = query.find(',', at))
        query.replace(at, 1, "%2C");
    return fmt::format("<{}{}?{}>; rel=\"next\"", request.base_url, request.path, query);
}

}  // namespace siahub::cas
