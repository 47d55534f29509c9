#include "hub/repos.hpp"

#include "hub/cards.hpp"
#include "hub/commits.hpp"
#include "hub/events.hpp"
#include "hub/listing.hpp"
#include "hub/test_hub.hpp"
#include "store/store.hpp"

namespace siahub::hub {
namespace {

// Tables with a row for whatever belongs to a repository.
constexpr std::array kOwnedTables = {
    "repo_tags",    "repo_cards",           "repo_redirects", "repo_refs",      "repo_lineages",
    "repo_commits", "path_history",         "repo_trees",     "repo_files",     "lfs_objects",
    "shards",       "reconstruction_files", "dedup_chunks",   "repo_downloads", "xorb_uploads",
    "repo_grams",   "repo_durability"};

class ReposTest : public HubTest {
  protected:
    ReposTest() {
        alice_ = caller(add_user("Alice"));
        add_user("bob");
        add_org("Acme", {{"alice", OrgRole::contributor}, {"bob", OrgRole::write}});
        alice_ = caller(alice_->user_id);
        bob_ = caller(get(accounts_.find("bob")).id);
    }
    Repo create(NewRepo wanted) { return get(repos_.create(*alice_, std::move(wanted))).repo; }
    Repo create(std::string name) { return create({.name = std::move(name)}); }
    OpenedRepo open(std::string_view id, const Caller& who) {
        return get(access_.open_repo(RepoKind::model, id, who, Need::read));
    }
    std::map<std::string, std::string> files_of(const Repo& repo) {
        std::map<std::string, std::string> texts;
        const auto head = get(refs_.resolve(repo, "main"));
        for (const auto* path : {".gitattributes", "README.md", "app.py", "dir/x"}) {
            const auto entry = get(trees_.find(repo.id, head.tree, path));
            if (entry) texts[path] = get(files_.readable_text(repo.id, entry->oid)).value();
        }
        return texts;
    }
    std::int64_t count(std::string_view table, RowId repo) {
        return sql("SELECT count(*) FROM " + std::string(table) + " WHERE repo_id = $1", {repo})
            .at(0)
            .integer(0);
    }

    CallerPtr alice_, bob_;
    WorkPool compute_{1}, disk_{1};
    Log log_{Log::Level::off};
    std::unique_ptr<store::Store> store_ = get(store::Store::open(
        *database_, {compute_, disk_}, clock_, log_, {.data = dir_.path() / "data"}));
    TreeStore trees_{*database_, 1 << 20};
    Files files_{*database_, *store_, clock_, 1 << 20};
    Refs refs_{*database_, clock_};
    History history_{*database_};
    Commits commits_{*database_, trees_, files_, refs_, history_, clock_};
    Access access_{*database_};
    Repos repos_{*database_, access_, commits_, clock_};
};

InitialFile file(std::string path, std::string_view text) {
    const auto bytes = as_bytes(text);
    return {std::move(path), Bytes(bytes.begin(), bytes.end())};
}

TEST_F(ReposTest, ANewRepositoryHasOneCommit) {
    const auto repo = create("Model.1");
    EXPECT_EQ(repo.full_name(), "Alice/Model.1");
    EXPECT_EQ(repo.default_branch, "main");
    EXPECT_EQ(repo.created_at, kTestStart);
    const auto commits = sql("SELECT title, author_name, parent FROM repo_commits");
    ASSERT_EQ(commits.size(), 1U);
    EXPECT_EQ(commits[0].text(0), "initial commit");
    EXPECT_EQ(commits[0].text(1), "Alice");
    EXPECT_TRUE(commits[0].is_null(2));
    const auto files = files_of(repo);
    ASSERT_EQ(files.size(), 1U);
    EXPECT_TRUE(files.at(".gitattributes").contains("*.bin filter=lfs diff=lfs merge=lfs -text\n"));
    EXPECT_FALSE(files.at(".gitattributes").contains("*.png"));
}

TEST_F(ReposTest, DefaultFilesFollowKindAndLicence) {
    const auto dataset = create({.kind = RepoKind::dataset, .name = "d", .license = "mit"});
    EXPECT_TRUE(files_of(dataset).at(".gitattributes").contains("*.png filter=lfs"));
    EXPECT_EQ(files_of(dataset).at("README.md"), "---\nlicense: \"mit\"\n---\n");
    const auto space = create({.kind = RepoKind::space, .name = "true", .sdk = "static"});
    EXPECT_EQ(space.sdk, "static");
    auto with_card = space;
    get(load_card(*database_, with_card));
    EXPECT_TRUE(with_card.card.starts_with(R"({"title":"true")")) << with_card.card;
    EXPECT_EQ(sql("SELECT tag FROM repo_tags WHERE repo_id = $1", {dataset.id})[0].text(0),
              "license:mit");
}

TEST_F(ReposTest, GivenFilesReplaceTheDefaults) {
    NewRepo wanted{.kind = RepoKind::space, .name = "s", .sdk = "gradio"};
    wanted.files = {file(".gitattributes", "*.x -text\n"), file("app.py", "print()\n"),
                    file("dir/x", "deep")};
    const auto files = files_of(create(std::move(wanted)));
    EXPECT_EQ(files.size(), 4U);
    EXPECT_EQ(files.at(".gitattributes"), "*.x -text\n");
    EXPECT_EQ(files.at("dir/x"), "deep");
}

TEST_F(ReposTest, ExistingOnesAreHandedBack) {
    const auto repo = create("model");
    const auto again = get(repos_.create(*alice_, {.name = "MODEL", .is_private = true}));
    EXPECT_FALSE(again.created);
    EXPECT_EQ(again.repo.id, repo.id);
    EXPECT_FALSE(again.repo.is_private);
    EXPECT_TRUE(get(repos_.create(*alice_, {.kind = RepoKind::dataset, .name = "model"})).created);
    EXPECT_EQ(sql("SELECT 1 FROM repo_commits").size(), 2U);
}

TEST_F(ReposTest, WhatCannotBeCreated) {
    const auto code = [this](NewRepo wanted, const CallerPtr& who) {
        return code_of(repos_.create(*who, std::move(wanted)));
    };
    const auto nobody = std::make_shared<const Caller>();
    EXPECT_EQ(code({.name = "a"}, nobody), Code::unauthorized);
    EXPECT_EQ(code({.ns = "bob", .name = "a"}, alice_), Code::forbidden);
    EXPECT_EQ(code({.name = "a/b"}, alice_), Code::invalid_argument);
    EXPECT_EQ(code({.name = ""}, alice_), Code::invalid_argument);
    EXPECT_EQ(code({.kind = RepoKind::space, .name = "a"}, alice_), Code::invalid_argument);
    EXPECT_EQ(code({.kind = RepoKind::space, .name = "a", .sdk = "x"}, alice_),
              Code::invalid_argument);
    EXPECT_EQ(code({.name = "a", .license = "a\nb"}, alice_), Code::invalid_argument);
    EXPECT_EQ(code({.name = "a", .files = {file("x", ""), file("x", "")}}, alice_),
              Code::invalid_argument);
    EXPECT_EQ(code({.name = "a", .files = {file("../x", "")}}, alice_), Code::unprocessable);
    EXPECT_EQ(code({.name = "a", .files = {file("x", ""), file("x/y", "")}}, alice_),
              Code::unprocessable);
    EXPECT_TRUE(sql("SELECT 1 FROM repos").empty());
    EXPECT_TRUE(sql("SELECT 1 FROM repo_commits").empty());
}

TEST_F(ReposTest, AContributorMayOnlyTouchWhatHeCreated) {
    const auto own = create({.ns = "acme", .name = "own"});
    EXPECT_EQ(own.full_name(), "Acme/own");
    get(repos_.create(*bob_, {.ns = "Acme", .name = "bobs"}));
    EXPECT_EQ(code_of(repos_.remove(*alice_, RepoKind::model, {"Acme", "bobs"})), Code::forbidden);
    get(repos_.remove(*bob_, RepoKind::model, {"Acme", "own"}));
}

TEST_F(ReposTest, DeletingLeavesNothingOfTheRepositoryAndAllOfOthers) {
    const auto other = create({.name = "other", .license = "mit"});
    const auto repo = create({.name = "model", .license = "mit"});
    const Bytes id(32, std::byte{1});
    for (const auto row : {repo.id, other.id}) {
        const db::Params just_repo{row};
        sql("INSERT INTO repo_redirects VALUES ('model', 'x/" + std::to_string(row) + "', $1)",
            just_repo);
        sql("INSERT INTO shards VALUES ($2, $1, 1, 1)", {row, ByteView(id)});
        sql("INSERT INTO reconstruction_files VALUES ($1, $2, 1, NULL, 1)", {row, ByteView(id)});
        sql("INSERT INTO repo_durability VALUES ($1, 1, 1, 1, NULL)", just_repo);
        sql("INSERT INTO dedup_chunks VALUES ($2, $1, $2)", {row, ByteView(id)});
        sql("INSERT INTO xorb_uploads VALUES ($1, $2, 1)", {row, ByteView(id)});
        sql("INSERT INTO repo_downloads VALUES ($1, 1, 1)", just_repo);
    }
    for (const auto* table : kOwnedTables)
        EXPECT_GT(count(table, repo.id), 0) << table;
    get(repos_.remove(*alice_, RepoKind::model, {"alice", "MODEL"}));
    for (const auto* table : kOwnedTables) {
        EXPECT_EQ(count(table, repo.id), 0) << table;
        EXPECT_GT(count(table, other.id), 0) << table;
    }
    EXPECT_EQ(code_of(repos_.remove(*alice_, RepoKind::model, {"Alice", "model"})),
              Code::repo_not_found);
    EXPECT_NE(create("model").id, repo.id);
}

TEST_F(ReposTest, TheListOfOwnedTablesIsWhole) {
    const auto sqlite = db::open_sqlite(dir_.path() / "schema.db", clock_).value();
    const auto rows =
        get(sqlite->query("SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c"
                          " WHERE m.type = 'table' AND c.name = 'repo_id' AND m.name <> 'usage_log'"
                          " ORDER BY m.name"));
    std::vector<std::string> known(kOwnedTables.begin(), kOwnedTables.end());
    std::ranges::sort(known);
    std::vector<std::string> found;
    for (const auto& row : rows)
        found.push_back(row.text(0));
    EXPECT_EQ(found, known);
}

TEST_F(ReposTest, MovingLeavesARedirectAndChainsStayShort) {
    const auto repo = create("one");
    const auto move = [this](std::string from, std::string to) {
        return get(repos_.move(*alice_, RepoKind::model, {"Alice", from}, {"alice", to}));
    };
    EXPECT_EQ(move("one", "two").full_name(), "Alice/two");
    move("two", "three");
    for (const auto* old : {"alice/one", "Alice/TWO"}) {
        const auto opened = open(old, *alice_);
        EXPECT_TRUE(opened.renamed);
        EXPECT_EQ(opened.repo.name, "three");
    }
    // Home again: the name is its own and no redirect.
    move("three", "one");
    EXPECT_FALSE(open("alice/one", *alice_).renamed);
    EXPECT_EQ(count("repo_redirects", repo.id), 2);
    // Only the spelling.
    EXPECT_EQ(move("one", "One").name, "One");
    EXPECT_FALSE(open("alice/one", *alice_).renamed);
    // Somebody takes a former name.
    create("two");
    EXPECT_FALSE(open("alice/two", *alice_).renamed);
    EXPECT_EQ(code_of(repos_.remove(*alice_, RepoKind::model, {"alice", "three"})),
              Code::repo_not_found);
}

TEST_F(ReposTest, TheSearchKnowsARepositoryByItsNameAlone) {
    Listing listing(*database_);
    const auto found = [&](std::string term) {
        return get(listing.list({.search = {std::move(term)}}, *alice_)).repos.size();
    };
    const auto repo = create("Tiny-Llama");
    const auto of_one = count("repo_grams", repo.id);
    EXPECT_EQ(of_one, std::ssize(std::string_view("alice/tiny-llama")));
    EXPECT_EQ(found("y-LLa"), 1U);
    get(repos_.move(*alice_, RepoKind::model, {"Alice", "Tiny-Llama"}, {"Acme", "small-camel"}));
    EXPECT_EQ(count("repo_grams", repo.id), std::ssize(std::string_view("acme/small-camel")));
    EXPECT_EQ(found("llama"), 0U);
    EXPECT_EQ(found("acme/small-camel"), 1U);
    get(repos_.move(*alice_, RepoKind::model, {"Acme", "small-camel"}, {"Acme", "Small-Camel"}));
    EXPECT_EQ(found("small"), 1U);
    get(repos_.remove(*alice_, RepoKind::model, {"Acme", "small-camel"}));
    EXPECT_EQ(found("small"), 0U);
    EXPECT_EQ(sql("SELECT 1 FROM repo_grams").size(), 0U);
}

TEST_F(ReposTest, WhatCannotBeMoved) {
    create("a");
    create("b");
    const auto taken =
        run_task(repos_.move(*alice_, RepoKind::model, {"alice", "a"}, {"Alice", "B"}));
    EXPECT_EQ(taken.error().code, Code::conflict);
    EXPECT_EQ(taken.error().message, "A model repository called Alice/B already exists");
    const auto code = [this](RepoId to) {
        return code_of(repos_.move(*alice_, RepoKind::model, {"alice", "a"}, std::move(to)));
    };
    EXPECT_EQ(code({"bob", "a"}), Code::forbidden);
    EXPECT_EQ(code({"alice", "--"}), Code::invalid_argument);
    EXPECT_EQ(code_of(repos_.move(*bob_, RepoKind::model, {"alice", "a"}, {"bob", "a"})),
              Code::forbidden);
    EXPECT_EQ(get(repos_.move(*alice_, RepoKind::model, {"alice", "a"}, {"acme", "a"})).ns, "Acme");
}

TEST_F(ReposTest, SettingsChangeOnlyWhatIsGiven) {
    create("a");
    const auto change = [this](RepoSettings settings) {
        return get(repos_.change_settings(*alice_, RepoKind::model, {"alice", "a"}, settings));
    };
    EXPECT_TRUE(change({.is_private = true}).is_private);
    const auto gated = change({.gated = "manual"});
    EXPECT_TRUE(gated.is_private);
    EXPECT_EQ(gated.gated, "manual");
    const auto opened = change({.is_private = false, .gated = ""});
    EXPECT_FALSE(opened.is_private);
    EXPECT_EQ(opened.gated, "");
    EXPECT_EQ(code_of(repos_.change_settings(*alice_, RepoKind::model, {"alice", "a"},
                                             {.gated = "maybe"})),
              Code::invalid_argument);
    EXPECT_EQ(code_of(repos_.change_settings(*bob_, RepoKind::model, {"alice", "a"},
                                             {.is_private = true})),
              Code::forbidden);
}

TEST_F(ReposTest, WhatHappensToARepositoryIsNoted) {
    clock_.advance(1);
    const auto repo = create("a");
    const auto events_of_repo = [this] {
        std::vector<std::string> lines;
        for (const auto& event : get(read_events(*database_, INT64_MAX, 100)))
            if (event.what == "create" || event.what == "delete" || event.what.starts_with("repo_"))
                lines.insert(lines.begin(), event.what + " " + event.user + " " + event.repo + " " +
                                                event.about + " " + event.detail);
        return lines;
    };
    const auto change = [this](RepoSettings settings) {
        clock_.advance(1);
        get(repos_.change_settings(*alice_, RepoKind::model, {"alice", "a"}, settings));
    };
    change({.is_private = true});
    change({.is_private = true, .gated = "auto"});
    change({.gated = "auto"});
    change({.is_private = false});
    change({.gated = ""});
    clock_.advance(1);
    get(repos_.move(*alice_, RepoKind::model, {"alice", "a"}, {"alice", "b"}));
    const std::string id = "models/Alice/b";
    EXPECT_EQ(events_of_repo(),
              (std::vector<std::string>{"create Alice " + id + "  ",
                                        "repo_visibility_changed Alice " + id + "  private",
                                        "repo_visibility_changed Alice " + id + "  gated auto",
                                        "repo_visibility_changed Alice " + id + "  public",
                                        "repo_visibility_changed Alice " + id + "  not gated",
                                        "repo_renamed Alice " + id + " models/Alice/a "}));
    clock_.advance(1);
    get(repos_.remove(*alice_, RepoKind::model, {"alice", "b"}));
    EXPECT_EQ(events_of_repo().back(), "delete Alice  models/Alice/b ");
}

}  // namespace
}  // namespace siahub::hub
