#pragma once
// A repository as JSON: what repo info and the lists show. Fields that the hub has nothing for are
// left out, because clients choke on halves.

#include "cas/endpoint.hpp"
#include "hub/refs.hpp"

#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace siahub::cas {

// Which fields to show. An empty set of `expand` names shows the usual ones.
struct Projection {
    std::vector<std::string> expand;
    bool siblings = false;
    bool blobs = false;  // sizes and ids in siblings
    bool card = false;
    bool head = false;  // the commit id of the default branch
};

// From `expand=` and `expand[]=`. Errors: invalid_argument naming what may be asked.
Result<std::vector<std::string>> requested_fields(const http::Request& request, hub::RepoKind kind);

// `revision` is what sha and siblings show; nullopt: the default branch.
Task<Result<boost::json::object>> repo_json(const Services& services, const hub::Repo& repo,
                                            std::vector<std::string> tags, Projection projection,
                                            std::optional<hub::Revision> revision);

}  // namespace siahub::cas
