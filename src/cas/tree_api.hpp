#pragma once
// What is in a revision: tree pages and facts about single paths.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer list_tree(RepoCall& call);   // GET …/tree/{rev}/{path}
Answer paths_info(RepoCall& call);  // POST …/paths-info/{rev}

}  // namespace siahub::cas
