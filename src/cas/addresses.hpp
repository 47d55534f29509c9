#pragma once
// The addresses that answers contain. They are built on the address the client used, so that they
// work from where it is.

#include "cas/services.hpp"
#include "http/message.hpp"
#include "hub/types.hpp"

#include <string>
#include <string_view>

namespace siahub::cas {

// "", "datasets/" or "spaces/": models have no prefix on pages and files.
std::string_view page_prefix(hub::RepoKind kind);
// "models", "datasets" or "spaces", as under /api/.
std::string_view api_plural(hub::RepoKind kind);

// "http://host/datasets/ns/name"
std::string repo_url(const http::Request& request, const hub::Repo& repo);
// "http://host/api/datasets/ns/name"
std::string api_url(const http::Request& request, const hub::Repo& repo);
// What signed links begin with: the gateways' address, or this process's own.
std::string_view gateway_url(const Services& services, const http::Request& request);
// The same page from `cursor` on, with all other parameters as they were.
std::string next_page_link(const http::Request& request, std::string_view cursor_name,
                           std::string_view cursor);

}  // namespace siahub::cas
