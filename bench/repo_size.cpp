// What the size of a repository costs: a commit of one file into repositories of 50 000 and of 500
// files, and the recursive listing of both. A commit should cost the directories above its file
// and nothing for the rest; a listing should cost the same per entry. Prints process CPU time and
// ratios. Give a directory on a real disk as the argument.

#include "core/run_task.hpp"
#include "core/temp_dir.hpp"
#include "db/sqlite.hpp"
#include "hub/accounts.hpp"
#include "hub/commits.hpp"
#include "hub/repos.hpp"
#include "hub/tree_listing.hpp"
#include "store/store.hpp"

#include <ctime>

#include <fmt/format.h>

using namespace siahub;

namespace {

constexpr int kCommits = 100;
constexpr int kListings = 5;

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <class T>
T get(Task<Result<T>> task) {
    auto result = run_task(std::move(task));
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

struct Hub {
    explicit Hub(const std::filesystem::path& folder)
        : database(db::open_sqlite(folder / "hub.db", clock).value()),
          store(get(store::Store::open(*database, {compute, disk}, clock, log,
                                       {.data = folder / "data"}))) {}

    SystemClock clock;
    Log log{Log::Level::off};
    WorkPool compute{1}, disk{1};
    std::unique_ptr<db::Database> database;
    std::unique_ptr<store::Store> store;
    hub::TreeStore trees{*database, 16 << 20};
    hub::Files files{*database, *store, clock, 16 << 20};
    hub::Refs refs{*database, clock};
    hub::History history{*database};
    hub::Commits commits{*database, trees, files, refs, history, clock};
    hub::TreeListing listing{trees, files, history};
    hub::Accounts accounts{*database, clock};
    hub::Access access{*database};
    hub::Repos repos{*database, access, commits, clock};
    hub::Caller owner = add_owner();

  private:
    hub::Caller add_owner() {
        const auto user = get(accounts.create_user({.name = "bench", .fullname = "", .email = ""}));
        hub::Caller caller;
        caller.user_id = user.id;
        caller.name = user.name;
        caller.scope = hub::KeyScope::write;
        return caller;
    }
};

Task<Result<void>> fill(Hub& hub, const hub::Repo& repo, int folders, int per_folder) {
    hub::BlobStager stager(hub.files, repo.id);
    hub::CommitRequest request;
    request.summary = "fill";
    for (int folder = 0; folder < folders; ++folder)
        for (int file = 0; file < per_folder; ++file) {
            const auto path = fmt::format("{:05}/{:05}.json", folder, file);
            const auto blob = CO_TRY(co_await stager.add(path, as_bytes(path)));
            request.operations.push_back(hub::AddFile{path, blob, ""});
        }
    CO_TRY(co_await stager.flush());
    CO_TRY(co_await hub.commits.commit(repo, "main", request, hub.owner.author()));
    co_return Result<void>{};
}

Task<Result<void>> commit_one(Hub& hub, const hub::Repo& repo, std::string content) {
    hub::BlobStager stager(hub.files, repo.id);
    const auto blob = CO_TRY(co_await stager.add("x", as_bytes(content)));
    CO_TRY(co_await stager.flush());
    hub::CommitRequest request;
    request.summary = "one file";
    request.operations.push_back(hub::AddFile{"00000/00050.json", blob, ""});
    CO_TRY(co_await hub.commits.commit(repo, "main", request, hub.owner.author()));
    co_return Result<void>{};
}

Task<Result<std::size_t>> list_all(Hub& hub, const hub::Repo& repo) {
    const auto revision = CO_TRY(co_await hub.refs.resolve(repo, "main"));
    hub::TreeQuery query;
    query.recursive = true;
    std::size_t entries = 0;
    do {
        const auto page = CO_TRY(co_await hub.listing.list(repo.id, revision, query));
        entries += page.items.size();
        query.cursor = page.next;
    } while (!query.cursor.empty());
    co_return entries;
}

struct Costs {
    double commit = 0, per_entry = 0;  // microseconds
};

Costs measure(Hub& hub, std::string name, int folders, int per_folder) {
    const auto repo = get(hub.repos.create(hub.owner, {.name = std::move(name)})).repo;
    get(fill(hub, repo, folders, per_folder));
    get(commit_one(hub, repo, "warm"));
    auto start = cpu_seconds();
    for (int i = 0; i < kCommits; ++i)
        get(commit_one(hub, repo, std::to_string(i)));
    Costs costs;
    costs.commit = (cpu_seconds() - start) / kCommits * 1e6;
    auto entries = get(list_all(hub, repo));
    start = cpu_seconds();
    for (int i = 0; i < kListings; ++i)
        entries = get(list_all(hub, repo));
    costs.per_entry = (cpu_seconds() - start) / kListings / static_cast<double>(entries) * 1e6;
    fmt::print(
        "{:>6} files in {:>4} folders: commit of one file {:8.0f} us CPU,"
        " recursive listing {:6.3f} us CPU per entry\n",
        folders * per_folder, folders, costs.commit, costs.per_entry);
    return costs;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1) ::setenv("TMPDIR", argv[1], 1);
    const TempDir dir;
    Hub hub(dir.path());
    const auto small = measure(hub, "small", 5, 100);
    const auto large = measure(hub, "large", 500, 100);
    const auto flat = measure(hub, "flat", 1, 50'000);
    fmt::print(
        "50 000 to 500 files, folders of equal size: commit {:.2f} x, listing per entry {:.2f} x\n",
        large.commit / small.commit, large.per_entry / small.per_entry);
    fmt::print(
        "one folder of 50 000 to folders of 100:     commit {:.2f} x, listing per entry {:.2f} x\n",
        flat.commit / large.commit, flat.per_entry / large.per_entry);
}
