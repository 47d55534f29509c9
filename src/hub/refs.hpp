#pragma once
// Branches and tags, and what a revision written by a client means. Tags are lightweight: they name
// a commit and carry no message.
// Errors: revision_not_found ("Invalid rev id: X"), conflict, invalid_argument with the sentences
// that clients match on.

#include "core/clock.hpp"
#include "core/task.hpp"
#include "db/database.hpp"
#include "hub/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace siahub::hub {

struct Revision {
    Oid commit;
    Oid tree;
    std::string ref;  // "refs/heads/main", "refs/tags/v1", or empty for a commit id
};

struct Ref {
    enum class Kind { branch, tag };
    Kind kind = Kind::branch;
    std::string name;  // "main"
    Oid target;

    [[nodiscard]] std::string full_name() const {
        return (kind == Kind::branch ? "refs/heads/" : "refs/tags/") + name;
    }
};

struct NewBranch {
    std::string name;
    std::string starting_point{};  // a revision; empty: the default branch
    bool empty = false;            // an orphan branch with one empty commit
    bool overwrite = false;        // alone, on an existing branch, changes nothing
};

class Refs {
  public:
    Refs(db::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    // A commit id (40 hex digits, or a unique beginning of at least 4), HEAD, a branch, a tag,
    // refs/heads/<branch> or refs/tags/<tag>. A branch hides a tag of its name; a name hides a
    // shortened id; a full commit id hides a name.
    Task<Result<Revision>> resolve(const Repo& repo, std::string_view revision);
    // The same, for branches only: "main" or "refs/heads/main".
    Task<Result<Revision>> resolve_branch(const Repo& repo, std::string_view branch);
    // Branches and tags by name.
    Task<Result<std::vector<Ref>>> list(const Repo& repo);

    Task<Result<void>> create_branch(const Repo& repo, const NewBranch& branch,
                                     const Author& author);
    Task<Result<void>> delete_branch(const Repo& repo, std::string_view name);
    Task<Result<void>> create_tag(const Repo& repo, std::string_view name,
                                  std::string_view revision);
    Task<Result<void>> delete_tag(const Repo& repo, std::string_view name);

  private:
    db::Database& database_;
    const Clock& clock_;
};

}  // namespace siahub::hub
