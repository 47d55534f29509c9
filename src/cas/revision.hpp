#pragma once
// The "{rev}/{path}" part of a URL. Clients disagree on encoding: some send "refs%2Fpr%2F1" as one
// segment, some "refs/pr/1" as three, and the path's slashes may be encoded or not.

#include "cas/endpoint.hpp"
#include "hub/refs.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace siahub::cas {

struct RevisionAndPath {
    std::string revision;
    std::string path;  // decoded, no slash at either end

    friend bool operator==(const RevisionAndPath&, const RevisionAndPath&) = default;
};

// What `rest` may mean, the likeliest first.
Result<std::vector<RevisionAndPath>> readings_of(std::string_view rest);

struct Located {
    hub::Revision revision;
    std::string name;  // the revision as it was written
    std::string path;
};

// The first reading whose revision exists. Errors: revision_not_found.
Task<Result<Located>> locate(RepoCall& call);
// `rest` is all revision.
Task<Result<hub::Revision>> locate_revision(RepoCall& call);
// The same without looking it up: for names that are about to be created.
Result<std::string> decoded_rest(const RepoCall& call);

}  // namespace siahub::cas
