#pragma once
// Creating, deleting, moving and configuring repositories. Rights are checked here, through Access.
// Any thread. Errors: those of Access; invalid_argument (names, sdk); conflict.

#include "core/clock.hpp"
#include "db/database.hpp"
#include "hub/access.hpp"
#include "hub/names.hpp"

namespace siahub::hub {

class Commits;

struct InitialFile {
    std::string path;
    Bytes content;
};

struct NewRepo {
    RepoKind kind = RepoKind::model;
    std::string ns{};  // empty: the caller's own
    std::string name{};
    bool is_private = false;
    std::string sdk{};                 // spaces: gradio | streamlit | docker | static
    std::string license{};             // an identifier such as "apache-2.0", goes into README.md
    std::vector<InitialFile> files{};  // replace the default files of the same path
};

// Clients that pass exist_ok read the address out of the 409 answer, so "it was there already" is
// an outcome and not an Error.
struct CreatedRepo {
    Repo repo;
    bool created = true;  // false: answer 409 with the address of `repo`
};

struct RepoSettings {
    std::optional<bool> is_private{};
    std::optional<std::string> gated{};  // "" | "auto" | "manual"
};

class Repos {
  public:
    Repos(db::Database& database, Access& access, Commits& commits, const Clock& clock)
        : db_(database), access_(access), commits_(commits), clock_(clock) {}

    // Makes the repository and its commit "initial commit" on `main`, both or neither.
    Task<Result<CreatedRepo>> create(const Caller& caller, NewRepo wanted,
                                     Naming naming = Naming::strict);
    // Removes every row of the repository in one transaction. Bytes that other repositories may
    // share stay for garbage collection.
    Task<Result<void>> remove(const Caller& caller, RepoKind kind, RepoId id);
    // The old name redirects from then on. Errors: conflict "A model repository called … already
    // exists".
    Task<Result<Repo>> move(const Caller& caller, RepoKind kind, RepoId from, RepoId to,
                            Naming naming = Naming::strict);
    Task<Result<Repo>> change_settings(const Caller& caller, RepoKind kind, RepoId id,
                                       RepoSettings settings);

  private:
    Task<Result<CreatedRepo>> insert(db::Transaction& tx, const Repo& repo,
                                     const std::vector<InitialFile>& files, const Caller& caller);
    Task<Result<void>> erase(db::Transaction& tx, const Repo& repo, const Caller& caller);
    Task<Result<Repo>> rename_and_load(db::Transaction& tx, const Repo& repo,
                                       const Namespace& space, std::string_view name,
                                       const Caller& caller);
    Task<Result<Repo>> write_settings(db::Transaction& tx, const Repo& before,
                                      const RepoSettings& settings, const Caller& caller);
    Task<Result<void>> write_initial_commit(db::Transaction& tx, const Repo& repo,
                                            std::span<const InitialFile> files,
                                            const Caller& caller);

    db::Database& db_;
    Access& access_;
    Commits& commits_;
    const Clock& clock_;
};

}  // namespace siahub::hub
