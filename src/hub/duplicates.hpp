#pragma once
// Copies of repositories and of single files into others, which move no bytes (shared_objects.hpp).
//
// A copy of a repository begins with one commit, "Duplicate from <namespace>/<name>", that has the
// tree of the original's default branch: its history and other branches stay where they are. It is
// there whole or not at all. Any thread.

#include "hub/access.hpp"
#include "hub/files.hpp"
#include "hub/refs.hpp"
#include "hub/repos.hpp"
#include "hub/shared_objects.hpp"
#include "hub/tree_listing.hpp"

namespace siahub::hub {

struct NewDuplicate {
    std::string ns, name;
    std::optional<bool> is_private{};  // absent: as the original
};

class Duplicates {
  public:
    Duplicates(db::Database& database, Access& access, Refs& refs, Files& files,
               TreeListing& listing, const Clock& clock)
        : db_(database),
          access_(access),
          refs_(refs),
          files_(files),
          listing_(listing),
          clock_(clock) {}

    // The caller may read the contents of `source`. A gated one makes a gated copy.
    // Errors: as Repos::create; revision_not_found when the original has no default branch.
    Task<Result<CreatedRepo>> duplicate(const Caller& caller, const Repo& source,
                                        NewDuplicate wanted);
    // Makes objects of one repository available to commits to another. Those that `from` does not
    // have, or has with another file hash, come back.
    Task<Result<std::vector<SharedObject>>> share(RowId from, RowId to,
                                                  std::span<const SharedObject> objects);

  private:
    struct Contents;

    Task<Result<Contents>> read_contents(const Repo& source);
    Task<Result<CreatedRepo>> write(db::Transaction& tx, const Repo& source, const Repo& copy,
                                    const Contents& contents, const Caller& caller);
    Task<Result<void>> write_share(db::Transaction& tx, const Sharing& sharing,
                                   std::span<const SharedObject> objects);

    db::Database& db_;
    Access& access_;
    Refs& refs_;
    Files& files_;
    TreeListing& listing_;
    const Clock& clock_;
};

}  // namespace siahub::hub
