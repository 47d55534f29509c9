#include "hub/owned_repos.hpp"

#include "hub/repo_row.hpp"

namespace siahub::hub {
namespace {

constexpr std::string_view kTotal =
    "SELECT CAST(coalesce(SUM(o.size), 0) AS BIGINT) FROM repos r"
    " JOIN lfs_objects o ON o.repo_id = r.id WHERE r.owner_id = $1";

constexpr std::string_view kPage =
    "SELECT " SIAHUB_REPO_COLUMNS
    ", (SELECT CAST(coalesce(SUM(o.size), 0) AS BIGINT) FROM lfs_objects o WHERE o.repo_id = "
    "page.id)"
    " FROM (SELECT " SIAHUB_REPO_COLUMNS
    " FROM repos WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3) page ORDER BY id";

}  // namespace

Task<Result<OwnedReposPage>> owned_repos(db::Database& database, RowId owner,
                                         std::optional<OwnedReposFrom> from, std::int64_t limit) {
    OwnedReposPage page;
    if (from) {
        page.total = from->total;
    } else {
        const auto sums = CO_TRY(co_await database.query(kTotal, {owner}, db::Weight::scan));
        page.total = sums.at(0).integer(0);
    }
    const auto rows = CO_TRY(co_await database.query(
        kPage, {owner, from ? from->after : 0, limit + 1}, db::Weight::scan));
    for (const auto& row : rows) {
        if (std::ssize(page.repos) == limit) {
            page.next = OwnedReposFrom{page.repos.back().repo.id, page.total};
            break;
        }
        page.repos.push_back({repo_from_row(row), row.integer(kRepoColumnCount)});
    }
    co_return page;
}

}  // namespace siahub::hub
