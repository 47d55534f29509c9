#pragma once
// Where the bytes of a repository, of one file and of the whole hub lie.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer repo_storage(RepoCall& call);      // GET …/storage
Answer file_storage(RepoCall& call);      // GET …/storage/{path}
Answer deletion_preview(RepoCall& call);  // GET …/deletion
Answer list_assets(Call& call);           // GET /admin/assets

}  // namespace siahub::cas
