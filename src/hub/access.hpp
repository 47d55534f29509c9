#pragma once
// Who may do what with a repository: the one place that knows (hf_hub_api 0.6). Any thread.
//
//   the repository is …      missing         private, no access   readable, no right to do it
//   anonymous                repo_not_found  repo_not_found       unauthorized
//   with a key               repo_not_found  repo_not_found       forbidden, saying why
//
// Missing and hidden are the same error with the same text; cas/errors makes it 401 for the
// anonymous and 404 for others. A gated repository shows its metadata to everybody and its content
// to the members of its namespace (others: gated). The effective right is the caller's own, cut
// down to the scope of the key.

#include "db/database.hpp"
#include "hub/caller.hpp"
#include "hub/types.hpp"

namespace siahub::hub {

enum class Need {
    read,     // info, tree, refs, commits
    content,  // the bytes of files: resolve, raw, read tokens, LFS download
    write,    // commit, branch, tag, upload
    admin,    // settings, move, delete
};

struct OpenedRepo {
    Repo repo;
    bool renamed = false;  // asked for by a former name: answer with a relative 307
};

struct Namespace {
    RowId owner_id = 0;
    std::string name;  // in its own spelling
};

class Access {
  public:
    explicit Access(db::Database& database) : db_(database) {}

    // Names compare without case. One indexed query when the repository is there.
    Task<Result<OpenedRepo>> open_repo(RepoKind kind, std::string_view ns, std::string_view name,
                                       const Caller& caller, Need need);
    // The same from "namespace/name"; a single segment ("gpt2") is repo_not_found.
    Task<Result<OpenedRepo>> open_repo(RepoKind kind, std::string_view id, const Caller& caller,
                                       Need need);
    // The same from a row id, for tokens that are bound to one.
    Task<Result<OpenedRepo>> open_repo(RowId id, const Caller& caller, Need need);
    // Where the caller wants to create a repository; empty: his own namespace. Errors: unauthorized
    // (anonymous), forbidden (also for a namespace that does not exist).
    Task<Result<Namespace>> open_namespace(std::string_view name, const Caller& caller);

  private:
    db::Database& db_;
};

// The decision itself. `creator_id` made the repository, which is what a contributor may write.
Result<void> check_access(const Repo& repo, RowId creator_id, const Caller& caller, Need need);

Error repo_not_found();

}  // namespace siahub::hub
