#pragma once
// Branches, tags and history.

#include "cas/endpoint.hpp"

#include <boost/json/object.hpp>

namespace siahub::hub {
struct CommitInfo;
}

namespace siahub::cas {

// As the list of commits shows one; `formatted` as clients ask for it.
boost::json::object commit_json(const hub::CommitInfo& commit, bool formatted);

Answer list_refs(RepoCall& call);      // GET …/refs
Answer create_branch(RepoCall& call);  // POST …/branch/{name}
Answer delete_branch(RepoCall& call);  // DELETE …/branch/{name}
Answer create_tag(RepoCall& call);     // POST …/tag/{rev}
Answer delete_tag(RepoCall& call);     // DELETE …/tag/{tag}
Answer list_commits(RepoCall& call);   // GET …/commits/{rev}
Answer super_squash(RepoCall& call);   // POST …/super-squash/{branch}

}  // namespace siahub::cas
