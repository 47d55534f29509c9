#include "hub/commits.hpp"

#include "core/encoding.hpp"
#include "git/git_program.hpp"
#include "git/lfs_pointer.hpp"
#include "git/object_id.hpp"
#include "hub/test_repo.hpp"

#include <random>
#include <set>
#include <thread>

namespace siahub::hub {
namespace {

class CommitsTest : public RepoTest {};

TEST_F(CommitsTest, AppliesOperationsInTheOrderGiven) {
    committed({add("a", "1"), add("d/x", "2"), add("d/y", "3"), add("e/f/g", "4")});
    EXPECT_EQ(paths(), (std::vector<std::string>{".gitattributes", "a", "d/", "d/x", "d/y", "e/",
                                                 "e/f/", "e/f/g"}));
    committed({DeleteFile{"a"}, add("a", "5"), DeleteFolder{"d/"}, add("d/z", "6"),
               DeleteFolder{"e"}, add("a", "7")});
    EXPECT_EQ(paths(), (std::vector<std::string>{".gitattributes", "a", "d/", "d/z"}));
    EXPECT_EQ(text("a"), "7");
    committed({DeleteFile{"d"}});  // a folder is tolerated
    EXPECT_EQ(paths(), (std::vector<std::string>{".gitattributes", "a"}));
    committed({DeleteFile{"a"}, DeleteFile{".gitattributes"}});
    EXPECT_EQ(resolve().tree, git::empty_tree_id());
}

TEST_F(CommitsTest, RenamesWithAndWithoutContent) {
    const auto object = add_object("weights");
    committed({add("a", "1"), AddLfs{"w.bin", object.sha256, {}, {}}});
    const auto pointer = entry("w.bin")->oid;
    committed({AddFile{"b/c", std::nullopt, "a"}, AddLfs{"v.bin", std::nullopt, {}, "w.bin"}});
    EXPECT_EQ(paths(), (std::vector<std::string>{".gitattributes", "b/", "b/c", "v.bin"}));
    EXPECT_EQ(text("b/c"), "1");
    EXPECT_EQ(entry("v.bin")->oid, pointer);
    committed({AddFile{"a", stage("2"), "b/c"}});
    EXPECT_EQ(text("a"), "2");
    EXPECT_EQ(commit_error({AddFile{"x", std::nullopt, "gone"}}).code, Code::entry_not_found);
    EXPECT_EQ(commit_error({AddFile{"x", std::nullopt, ""}}).code, Code::invalid_argument);
    committed({AddFile{"deep/er", std::nullopt, "a"}});
    EXPECT_EQ(commit_error({AddFile{"x", std::nullopt, "deep"}}).code, Code::unprocessable);
}

TEST_F(CommitsTest, RefusesPathsThatMayNotBe) {
    const auto blob = stage("x");
    for (const std::string path : {"", "/a", "a//b", "a/", "./a", "a/..", "..", ".git/config",
                                   "a/.GIT/b", "..\\ddd", "a\nb", "a\x7F", "\xFF"})
        EXPECT_EQ(commit_error({AddFile{path, blob, ""}}).code, Code::unprocessable) << path;
    for (const std::string path :
         {"folder/..\\..\\..\\file", "..a", "a/...", ".gitignore", "+ %#ü"})
        EXPECT_TRUE(get(commit({AddFile{path, blob, ""}})).created) << path;
}

TEST_F(CommitsTest, RefusesAPathThatIsFileAndFolder) {
    committed({add("a", "1"), add("d/x", "2")});
    EXPECT_EQ(commit_error({add("a/b", "3")}).code, Code::unprocessable);
    EXPECT_EQ(commit_error({add("d", "3")}).code, Code::unprocessable);
    committed({DeleteFile{"a"}, add("a/b", "3"), DeleteFile{"d/x"}, add("d", "4")});
    EXPECT_EQ(paths(), (std::vector<std::string>{".gitattributes", "a/", "a/b", "d"}));
}

TEST_F(CommitsTest, NamesWhatIsMissing) {
    for (const Operation& operation :
         std::vector<Operation>{DeleteFile{"gone"}, DeleteFolder{"gone/"}}) {
        const auto error = commit_error({operation});
        EXPECT_EQ(error.code, Code::entry_not_found);
        EXPECT_TRUE(error.message.starts_with("A file with this name doesn't exist"));
    }
    committed({add("a", "1")});
    EXPECT_EQ(commit_error({DeleteFolder{"a"}}).code, Code::entry_not_found);
    EXPECT_EQ(code_of(commit({add("b", "1")}, "nowhere")), Code::revision_not_found);
    EXPECT_EQ(code_of(commit({add("b", "1")}, root_.hex())), Code::revision_not_found);
    EXPECT_EQ(code_of(commit({}, "main", " \n ")), Code::invalid_argument);
    EXPECT_TRUE(get(commit({add("b", "1")}, "refs/heads/main")).created);
}

TEST_F(CommitsTest, AddsOnlyLfsObjectsThatAreThere) {
    const auto unknown = sha256(as_bytes("unknown"));
    EXPECT_EQ(commit_error({AddLfs{"w.bin", unknown, {}, {}}}).code, Code::invalid_argument);
    const auto object = add_object("weights");
    EXPECT_EQ(commit_error({AddLfs{"w.bin", object.sha256, 5, {}}}).code, Code::invalid_argument);
    committed({AddLfs{"w.bin", object.sha256, object.size, {}}});
    const auto pointer = git::encode_lfs_pointer({object.sha256, object.size});
    EXPECT_EQ(entry("w.bin")->oid, git::blob_id(as_bytes(pointer)));
    const auto info = get(files_.find(repo_.id, entry("w.bin")->oid)).value();
    EXPECT_TRUE(info.is_lfs);
    EXPECT_EQ(info.size, object.size);
    EXPECT_EQ(info.sha256, object.sha256);
    EXPECT_TRUE(info.file_hash);
    EXPECT_EQ(text(".gitattributes"), "*.bin filter=lfs\n");
}

TEST_F(CommitsTest, TracksLfsFilesThatNoPatternCovers) {
    const auto object = add_object("weights");
    committed({AddLfs{"big one", object.sha256, {}, {}}, AddLfs{"x/y.dat", object.sha256, {}, {}}});
    EXPECT_EQ(text(".gitattributes"),
              "*.bin filter=lfs\n"
              "/big[[:space:]]one filter=lfs diff=lfs merge=lfs -text\n"
              "x/y.dat filter=lfs diff=lfs merge=lfs -text\n");
    committed({AddLfs{"x/z.dat", std::nullopt, {}, "x/y.dat"}});
    EXPECT_TRUE(text(".gitattributes").contains("x/z.dat filter=lfs"));
    // The file that comes with the commit counts, and gets the line.
    committed({add(".gitattributes", "*.png filter=lfs"), AddLfs{"a.png", object.sha256, {}, {}},
               AddLfs{"a.jpg", object.sha256, {}, {}}});
    EXPECT_EQ(text(".gitattributes"),
              "*.png filter=lfs\n/a.jpg filter=lfs diff=lfs merge=lfs -text\n");
}

TEST_F(CommitsTest, HoldsTheParentLock) {
    const auto first = committed({add("a", "1")});
    const auto error = commit_error({add("b", "1")}, root_.hex());
    EXPECT_EQ(error.code, Code::precondition_failed);
    EXPECT_EQ(error.message,
              "The branch was updated since you opened this page. Please refresh and try again.");
    EXPECT_EQ(commit_error({add("b", "1")}, "abcd").code, Code::invalid_argument);
    EXPECT_EQ(commit_error({add("b", "1")}, "main!").code, Code::invalid_argument);
    auto prefix = first.hex().substr(0, 7);
    EXPECT_TRUE(get(commit({add("b", "1")}, "main", "x", prefix)).created);
}

TEST_F(CommitsTest, RepeatingIsHarmless) {
    const std::vector<Operation> first{add("a", "1"), add("b", "1")};
    const auto made = committed(first);
    const auto again = get(commit(first));
    EXPECT_EQ(again.oid, made);
    EXPECT_FALSE(again.created);
    // A parent lock and a deletion, both met already by the first time.
    const auto parent = made.hex();
    const auto second = get(commit({DeleteFile{"a"}, add("c", "1")}, "main", "second", parent));
    EXPECT_TRUE(second.created);
    const auto repeated = get(commit({DeleteFile{"a"}, add("c", "1")}, "main", "second", parent));
    EXPECT_EQ(repeated.oid, second.oid);
    EXPECT_FALSE(repeated.created);
    // Another one with the same title is none.
    EXPECT_EQ(code_of(commit({DeleteFile{"a"}, add("d", "1")}, "main", "second", parent)),
              Code::precondition_failed);
    EXPECT_FALSE(get(commit({})).created);
    EXPECT_EQ(get(history_.list(repo_.id, second.oid, 0, 10)).total, 3);
}

TEST_F(CommitsTest, RefusesContentThatWasNotStored) {
    const StoredBlob blob{git::blob_id(as_bytes("never stored")), 12};
    EXPECT_EQ(commit_error({AddFile{"a", blob, ""}}).code, Code::internal);
}

TEST_F(CommitsTest, KeepsTheCardOfTheDefaultBranch) {
    committed({add("README.md", "---\nlicense: mit\n---\n")});
    const auto card = [this] {
        const auto rows = sql("SELECT card FROM repo_cards WHERE repo_id = 77");
        return rows.empty() ? std::string() : rows[0].text(0);
    };
    EXPECT_TRUE(card().contains("mit")) << card();
    get(refs_.create_branch(repo_, {.name = "dev"}, kAlice));
    committed({DeleteFile{"README.md"}}, "dev");
    EXPECT_TRUE(card().contains("mit"));
    committed({DeleteFile{"README.md"}});
    EXPECT_FALSE(card().contains("mit"));
}

TEST_F(CommitsTest, TheSameCommitOnTwoBranchesIsOne) {
    get(refs_.create_branch(repo_, {.name = "dev"}, kAlice));
    const auto one = committed({add("a", "1")});
    EXPECT_EQ(committed({add("a", "1")}, "dev"), one);
    const auto next = committed({add("b", "1")}, "dev");
    EXPECT_EQ(get(history_.list(repo_.id, next, 0, 10)).total, 3);
}

TEST_F(CommitsTest, CreateRootBoundsItsFiles) {
    Repo other = repo_;
    other.id = 78;
    const std::string large(kReadableLimit + 1, 'x');
    const std::vector<RootFile> files{{"a", as_bytes(large)}};
    EXPECT_EQ(code_of(create_root_in_transaction(other, files)), Code::payload_too_large);
    const std::vector<RootFile> bad{{"../a", {}}};
    EXPECT_EQ(code_of(create_root_in_transaction(other, bad)), Code::unprocessable);
}

// What git makes of the same files, path -> blob id.
class GitTwin {
  public:
    Oid commit(const std::map<std::string, std::string>& blobs, std::optional<Oid> parent,
               const CommitInfo& like) {
        std::string index;
        for (const auto& [path, blob] : blobs)
            index += "100644 " + blob + "\t" + path + '\0';
        git_.run("read-tree --empty");
        git_.run("update-index -z --index-info", index);
        const auto tree = git_.run("write-tree --missing-ok").substr(0, 40);
        EXPECT_EQ(tree, like.tree.hex());
        const auto date = std::to_string(like.committed_at / 1000) + " +0000";
        ::setenv("GIT_AUTHOR_DATE", date.c_str(), 1);
        ::setenv("GIT_COMMITTER_DATE", date.c_str(), 1);
        return *Oid::parse(git_.run("-c user.name=Alice -c user.email=alice@example.org"
                                    " commit-tree " +
                                        tree + (parent ? " -p " + parent->hex() : ""),
                                    like.message)
                               .substr(0, 40));
    }

  private:
    git::GitProgram git_;
};

// Paths of few letters, so that files and folders meet and sort in every way.
std::string random_path(std::mt19937& random) {
    std::string path;
    for (auto parts = 1 + random() % 3; parts > 0; --parts)
        path += (path.empty() ? "" : "/") + std::string("x") + "ab.-0"[random() % 5];
    return path;
}

TEST_F(CommitsTest, IdsAreThoseOfGitForRandomCommits) {
    GitTwin twin;
    std::mt19937 random(3);
    std::map<std::string, std::string> model{
        {".gitattributes", entry(".gitattributes")->oid.hex()}};
    auto head = twin.commit(model, std::nullopt, get(history_.commit(repo_.id, root_)));
    EXPECT_EQ(head, root_);
    int created = 0;
    for (int round = 0; round < 60; ++round) {
        std::vector<Operation> operations;
        for (auto count = 1 + random() % 6; count > 0; --count) {
            const auto path = random_path(random);
            const auto is_below = [&](const auto& item) {
                return item.first.starts_with(path + "/");
            };
            const bool is_folder = std::ranges::any_of(model, is_below);
            const bool in_file = std::ranges::any_of(
                model, [&](const auto& item) { return path.starts_with(item.first + "/"); });
            if (random() % 3 == 0 && (is_folder || model.contains(path))) {
                operations.push_back(is_folder ? Operation(DeleteFolder{path})
                                               : Operation(DeleteFile{path}));
                model.erase(path);
                std::erase_if(model, is_below);
            } else if (!is_folder && !in_file) {
                const auto file = add(path, "content " + std::to_string(random() % 20));
                model[path] = file.blob->blob.hex();
                operations.push_back(file);
            }
        }
        clock_.advance(1500);
        const auto made = get(commit(operations, "main", "round " + std::to_string(round)));
        if (!made.created) continue;
        head = twin.commit(model, head, get(history_.commit(repo_.id, made.oid)));
        ASSERT_EQ(made.oid, head);
        ++created;
    }
    EXPECT_GT(created, 40);
}

// Somebody else commits each time before a transaction begins.
class RivalDatabase final : public db::Database {
  public:
    RivalDatabase(db::Database& database, std::function<Task<Result<void>>()> rival)
        : database_(database), rival_(std::move(rival)) {}
    Task<Result<db::Rows>> query(std::string_view sql, db::Params params,
                                 db::Weight weight) override {
        return database_.query(sql, std::move(params), weight);
    }
    Task<Result<std::unique_ptr<db::Transaction>>> begin(db::Isolation isolation) override {
        ++lost;
        CO_TRY(co_await rival_());
        co_return co_await database_.begin(isolation);
    }

    int lost = 0;

  private:
    db::Database& database_;
    std::function<Task<Result<void>>()> rival_;
};

// One of many that commit to the same branch at once.
Task<Result<void>> commit_once(Commits& commits, const Repo& repo, StoredBlob blob, int number) {
    CommitRequest request;
    request.summary = "commit " + std::to_string(number);
    request.operations.push_back(AddFile{"f/" + std::to_string(number), blob, ""});
    const auto result = CO_TRY(co_await commits.commit(repo, "main", request, kAlice));
    if (!result.created) co_return fail(Code::internal, "nothing happened");
    co_return Result<void>{};
}

TEST_F(CommitsTest, WhoLosesEveryRaceCommitsUnderTheLock) {
    const auto blob = stage("x");
    const auto readme = stage("# Mine");
    const auto object = add_object("weights");
    int rivals = 0;
    RivalDatabase database(*database_,
                           [&] { return commit_once(commits_, repo_, blob, ++rivals); });
    Commits loser(database, trees_, files_, refs_, history_, clock_);
    CommitRequest request;
    request.summary = "mine";
    request.operations = {AddFile{"README.md", readme, ""}, AddLfs{"w.bin", object.sha256, {}, {}}};
    const auto mine = get(loser.commit(repo_, "main", request, kAlice));
    EXPECT_TRUE(mine.created);
    EXPECT_GT(database.lost, 1);
    EXPECT_EQ(resolve().commit, mine.oid);
    EXPECT_EQ(text("README.md"), "# Mine");
    EXPECT_EQ(text("f/" + std::to_string(rivals)), "x");
    EXPECT_TRUE(get(loser.super_squash(repo_, "main", "squashed", kAlice)).created);
    EXPECT_EQ(get(history_.list(repo_.id, resolve().commit, 0, 10)).commits.size(), 1U);
    EXPECT_EQ(text("f/" + std::to_string(rivals)), "x");
}

TEST_F(CommitsTest, HundredParallelCommittersAllSucceed) {
    const auto blob = stage("x");
    // A second process has caches and a queue of its own.
    const auto database = place_.open();
    TreeStore trees(*database, 8 << 20);
    Files files(*database, *store_, clock_, 1 << 20);
    Refs refs(*database, clock_);
    History history(*database);
    Commits other(*database, trees, files, refs, history, clock_);
    std::vector<std::jthread> threads;
    std::atomic<int> succeeded = 0;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            asio::io_context context(1);
            for (int i = 0; i < 25; ++i)
                asio::co_spawn(
                    context,
                    commit_once(thread == 3 ? other : commits_, repo_, blob, thread * 25 + i),
                    [&](std::exception_ptr thrown, Result<void> result) {
                        EXPECT_FALSE(thrown);
                        EXPECT_TRUE(result) << result.error().message;
                        succeeded += result ? 1 : 0;
                    });
            context.run();
        });
    }
    threads.clear();
    EXPECT_EQ(succeeded, 100);
    EXPECT_EQ(paths().size(), 102U);
    const auto page = get(history_.list(repo_.id, resolve().commit, 0, 200));
    ASSERT_EQ(page.commits.size(), 101U);
    std::set<std::string> titles;
    for (std::size_t i = 0; i < page.commits.size(); ++i) {
        titles.insert(page.commits[i].title);
        if (i > 0) EXPECT_EQ(page.commits[i - 1].parent, page.commits[i].oid);
    }
    EXPECT_EQ(titles.size(), 101U);
}

}  // namespace
}  // namespace siahub::hub
