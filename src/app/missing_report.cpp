#include "app/missing_report.hpp"

#include "hub/trees.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace siahub::app {
namespace {

constexpr std::size_t kTreeCache = 8UL << 20;

// The paths of some blobs in the trees of a repository.
class PathFinder {
  public:
    PathFinder(db::Database& database, std::int64_t repo, std::set<hub::Oid> blobs)
        : database_(database),
          trees_(database, kTreeCache),
          repo_(repo),
          blobs_(std::move(blobs)) {}

    Task<Result<std::map<hub::Oid, std::string>>> run() {
        const auto rows = CO_TRY(co_await database_.query(
            "SELECT c.tree FROM repo_refs r JOIN repo_commits c ON c.repo_id = r.repo_id "
            "AND c.oid = r.target WHERE r.repo_id = $1 ORDER BY r.kind, r.name",
            {repo_}, db::Weight::scan));
        for (const auto& row : rows)
            if (const auto root = hub::Oid::from_bytes(row.blob(0)))
                CO_TRY(co_await walk(*root, ""));
        co_return std::move(found_);
    }

  private:
    Task<Result<void>> walk(hub::Oid tree, std::string prefix) {
        if (!seen_.insert(tree).second) co_return Result<void>{};
        const auto entries = CO_TRY(co_await trees_.load(repo_, tree));
        for (std::size_t i = 0; i < entries->size(); ++i) {
            const auto entry = entries->at(i);
            auto path = prefix + std::string(entry.name);
            if (entry.is_tree())
                CO_TRY(co_await walk(entry.oid, path + "/"));
            else if (blobs_.contains(entry.oid))
                found_.emplace(entry.oid, std::move(path));
        }
        co_return Result<void>{};
    }

    db::Database& database_;
    hub::TreeStore trees_;
    const std::int64_t repo_;
    const std::set<hub::Oid> blobs_;
    std::set<hub::Oid> seen_;
    std::map<hub::Oid, std::string> found_;
};

std::set<hub::Oid> blobs_of(std::span<const backup::MissingFile> files) {
    std::set<hub::Oid> blobs;
    for (const auto& file : files)
        for (const auto& blob : file.blobs)
            if (const auto oid = hub::Oid::from_bytes(blob)) blobs.insert(*oid);
    return blobs;
}

MissingPath path_of(const backup::MissingFile& file, const std::map<hub::Oid, std::string>& paths) {
    MissingPath missing{
        .repo = file.repo_name, .path = "file " + file.file.hex(), .size = file.size};
    for (const auto& blob : file.blobs) {
        const auto oid = hub::Oid::from_bytes(blob);
        if (const auto found = oid ? paths.find(*oid) : paths.end(); found != paths.end())
            missing.path = found->second;
    }
    return missing;
}

}  // namespace

Task<Result<std::vector<MissingPath>>> find_missing(db::Database& database) {
    co_return co_await paths_of(database, CO_TRY(co_await backup::missing_files(database)));
}

Task<Result<std::vector<MissingPath>>> paths_of(db::Database& database,
                                                std::vector<backup::MissingFile> files) {
    std::ranges::sort(files, [](const auto& a, const auto& b) {
        return std::tie(a.repo, a.file) < std::tie(b.repo, b.file);
    });
    std::vector<MissingPath> missing;
    for (std::span<const backup::MissingFile> rest = files; !rest.empty();) {
        const auto repo = rest.front().repo;
        const auto next = std::ranges::find_if(rest, [&](const auto& f) { return f.repo != repo; });
        const auto own = rest.first(static_cast<std::size_t>(next - rest.begin()));
        rest = rest.subspan(own.size());
        const auto paths = CO_TRY(co_await PathFinder(database, repo, blobs_of(own)).run());
        for (const auto& file : own)
            // What no commit names was being uploaded; clients send it again.
            if (!file.blobs.empty()) missing.push_back(path_of(file, paths));
    }
    co_return missing;
}

}  // namespace siahub::app
