#include "hub/search_index.hpp"

#include "db/dump.hpp"
#include "hub/test_hub.hpp"

#include <rapidcheck.h>

namespace siahub::hub {
namespace {

constexpr std::size_t kMany = 1000;

class SearchIndexTest : public HubTest {
  protected:
    RowId add(std::string ns, std::string name, RepoKind kind = RepoKind::model) {
        Repo repo;
        repo.id = ++last_id_;
        repo.kind = kind;
        repo.ns = std::move(ns);
        repo.name = std::move(name);
        add_repo(repo, 1);
        return repo.id;
    }
    std::optional<std::vector<RowId>> found(std::vector<std::string> terms,
                                            std::size_t limit = kMany,
                                            RepoKind kind = RepoKind::model) {
        return get(search_.candidates(kind, terms, limit));
    }

    RowId last_id_ = 0;
    SearchIndex search_{*database_};
};

using Ids = std::vector<RowId>;

TEST_F(SearchIndexTest, FindsWhatIsAnywhereInAnId) {
    const auto one = add("Alice", "bert-base-uncased-finetuned");
    const auto two = add("bob", "ALBERT");
    const auto other = add("bob", "albert", RepoKind::dataset);
    EXPECT_EQ(found({"bert"}), (Ids{one, two}));
    EXPECT_EQ(found({"BERT"}), (Ids{one, two}));
    EXPECT_EQ(found({"alice/bert-base-uncased-finetuned"}), Ids{one});
    EXPECT_EQ(found({"e/b"}), Ids{one});
    EXPECT_EQ(found({"d"}), Ids{one});
    EXPECT_EQ(found({"t"}), (Ids{one, two}));
    EXPECT_EQ(found({"zz"}), Ids{});
    EXPECT_EQ(found({"bert"}, kMany, RepoKind::dataset), Ids{other});
}

TEST_F(SearchIndexTest, LooksUpTheFirstTermThatIsRare) {
    for (int i = 0; i < 8; ++i)
        add("alice", "model-" + std::to_string(i));
    EXPECT_EQ(found({"model"}, 8), std::nullopt);
    EXPECT_EQ(found({"model", "l-3"}, 8), Ids{4});
    // Its first stretch is in all of them, its last in one.
    EXPECT_EQ(found({"alice/model-7"}, 8), Ids{8});
    EXPECT_EQ(found({"lice/model-7"}, 8), Ids{8});
    EXPECT_EQ(found({}), std::nullopt);
    EXPECT_EQ(found({""}), std::nullopt);
}

TEST_F(SearchIndexTest, CharactersAreNotTornApart) {
    const auto one = add("alice", "größe-\U0001F600-über-alles-was-es-gibt");
    EXPECT_EQ(found({"ö"}), Ids{one});
    EXPECT_EQ(found({"\U0001F600"}), Ids{one});
    EXPECT_EQ(found({"größe-\U0001F600-über-alles-was-es-gibt"}), Ids{one});
    EXPECT_EQ(found({"\U0010FFFF"}), Ids{});
}

TEST_F(SearchIndexTest, WhoeverHasTheTextIsACandidate) {
    std::vector<std::pair<RowId, std::string>> all;
    for (const auto* name : {"aaaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababababab", "b", "aab",
                             "baaaaaaaaaaaaaaaab", "a.b-a_b", "bbbbbbbbbbbbbb", "bbbbbbbbbbbbb"})
        all.emplace_back(add("a", name), std::string("a/") + name);
    const auto holds = [&] {
        const auto& id = *rc::gen::elementOf(all);
        const auto from = *rc::gen::inRange<std::size_t>(0, id.second.size());
        const auto length = *rc::gen::inRange<std::size_t>(1, id.second.size() - from + 1);
        const auto term = id.second.substr(from, length);
        const auto ids = found({term}).value();
        for (const auto& [repo, text] : all)
            if (text.contains(term)) RC_ASSERT(std::ranges::binary_search(ids, repo));
    };
    EXPECT_TRUE(rc::check("no repository is missed", holds));
}

TEST_F(SearchIndexTest, AddsWhatAnOlderProcessLeftOut) {
    const auto whole = add("alice", "one");
    const auto created = add("alice", "two");
    const auto renamed = add("alice", "three");
    sql("INSERT INTO repos (id, kind, owner_id, namespace, name, full_key, private, default_branch,"
        " created_at, updated_at) VALUES (99, 'mirror', -1, 'h', 'm', 'h/m', 1, 'main', 0, 0)");
    sql("DELETE FROM repo_grams WHERE repo_id = $1", {created});
    sql("UPDATE repos SET full_key = 'alice/four', name = 'four' WHERE id = $1", {renamed});
    EXPECT_EQ(found({"two"}), Ids{});
    EXPECT_EQ(found({"four"}), Ids{});
    get(search_.mend());
    EXPECT_EQ(found({"one"}), Ids{whole});
    EXPECT_EQ(found({"two"}), Ids{created});
    EXPECT_EQ(found({"four"}), Ids{renamed});
    EXPECT_TRUE(sql("SELECT 1 FROM repo_grams WHERE repo_id = 99").empty());
}

// The migration fills the table for the repositories that were there before it.
TEST(SearchMigrationTest, IndexesWhatWasThere) {
    constexpr std::int64_t kBefore = 4;
    const db::TestDatabase place("template0");
    const db::Place where{.file = db::TestDatabase::on_postgres() ? "" : place.file(),
                          .url = db::TestDatabase::on_postgres() ? place.url() : ""};
    const SystemClock clock;
    const auto add_row = [](db::Loader& loader, const db::TableShape& table, std::int64_t id,
                            std::string kind, std::string key) {
        std::vector<db::Value> row;
        for (const auto& column : table.columns)
            row.push_back(column.type == db::ColumnType::text ? db::Value(std::string())
                                                              : db::Value(std::int64_t{0}));
        row[table.position("id")] = id;
        row[table.position("kind")] = std::move(kind);
        row[table.position("full_key")] = std::move(key);
        ASSERT_TRUE(loader.add(row));
    };
    {
        auto loader = db::open_loader(where, kBefore, clock).value();
        const auto tables = db::schema_at(kBefore).value();
        const auto repos = std::ranges::find(tables, "repos", &db::TableShape::name);
        ASSERT_TRUE(loader->begin_table(*repos));
        add_row(*loader, *repos, 1, "model", "alice/bert-base-uncased-finetuned");
        add_row(*loader, *repos, 2, "dataset", "alice/größe");
        add_row(*loader, *repos, 3, "mirror", "host/models/a/b");
        ASSERT_TRUE(loader->end_table());
        ASSERT_TRUE(loader->commit());
    }
    ASSERT_TRUE(db::bring_to_newest(where, clock));
    const auto database = place.open();
    const auto grams = [&] {
        std::vector<std::pair<std::string, RowId>> all;
        for (const auto& row : run_task(database->query("SELECT gram, repo_id FROM repo_grams"
                                                        " ORDER BY gram, repo_id"))
                                   .value())
            all.emplace_back(row.text(0), row.integer(1));
        return all;
    };
    const auto filled = grams();
    EXPECT_EQ(std::ssize(filled), 33 + 11);
    EXPECT_EQ(filled.front(), (std::pair<std::string, RowId>("d/größe", 2)));
    // As the program does it itself.
    ASSERT_TRUE(run_task(database->execute("DELETE FROM repo_grams")));
    ASSERT_TRUE(run_task(SearchIndex(*database).mend()));
    EXPECT_EQ(grams(), filled);
}

}  // namespace
}  // namespace siahub::hub
