// That every list is walked by an index. On SQLite whichever database the suite runs on: PostgreSQL
// plans by the statistics of its tables, which are empty here.

#include "hub/list_sql.hpp"

#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

class ListPlanTest : public HubTest {
  protected:
    std::string plan(const ListQuery& query, const ListStart& start = {}) {
        const ListSql statement(query, *caller(add_user("u" + std::to_string(++users_))),
                                ListPosition{1, 1}, start, 10);
        std::string text;
        const auto rows =
            get(sqlite_->query("EXPLAIN QUERY PLAN " + statement.text(), statement.params()));
        for (const auto& row : rows)
            text += row.text(3) + "\n";
        return text;
    }
    int users_ = 0;
    std::unique_ptr<db::Database> sqlite_ =
        db::open_sqlite(dir_.path() / "plans.db", clock_).value();
};

TEST_F(ListPlanTest, EveryOrderIsWalkedByItsIndex) {
    for (const auto sort : {SortKey::last_modified, SortKey::created_at, SortKey::downloads,
                            SortKey::likes, SortKey::trending})
        for (const bool descending : {true, false}) {
            const auto text =
                plan({.search = {"x"}, .tags = {"a"}, .sort = sort, .descending = descending});
            EXPECT_FALSE(text.contains("SCAN")) << text;
            EXPECT_FALSE(text.contains("TEMP B-TREE")) << text;
        }
}

TEST_F(ListPlanTest, DurabilityIsLookedUpRepositoryByRepository) {
    for (const auto durability : {Durability::pinned, Durability::local}) {
        const auto text = plan({.durability = durability});
        EXPECT_TRUE(text.contains("repos_trending")) << text;
        EXPECT_FALSE(text.contains("SCAN")) << text;
        EXPECT_FALSE(text.contains("TEMP B-TREE")) << text;
    }
}

TEST_F(ListPlanTest, ANamespaceAndARareTagAreStartedFrom) {
    const auto author = plan({.author = "alice"});
    EXPECT_TRUE(author.contains("repos_owner")) << author;
    const auto tag = plan({.tags = {"a", "b"}}, {.rare_tag = 1});
    EXPECT_TRUE(tag.contains("SEARCH start USING COVERING INDEX repo_tags_tag")) << tag;
    EXPECT_FALSE(tag.contains("SCAN")) << tag;
    const auto local = plan({.durability = Durability::local}, {.rare_durability = true});
    EXPECT_TRUE(local.contains("SEARCH start USING COVERING INDEX repo_durability_local")) << local;
    EXPECT_FALSE(local.contains("SCAN")) << local;
}

TEST_F(ListPlanTest, AFewIdsAreLookedUp) {
    for (const auto& query : {ListQuery{.search = {"x"}}, ListQuery{.search = {"x"}, .tags = {"a"}},
                              ListQuery{.search = {"x"}, .author = "alice"}}) {
        const auto text = plan(query, {.among = std::vector<RowId>{1, 2, 3}});
        EXPECT_TRUE(text.contains("SEARCH repos USING INDEX sqlite_autoindex_repos_1 (id=?)"))
            << text;
        EXPECT_FALSE(text.contains("SCAN")) << text;
    }
}

}  // namespace
}  // namespace siahub::hub
