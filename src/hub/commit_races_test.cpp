#include "hub/commits.hpp"
#include "hub/test_repo.hpp"

#include <set>
#include <thread>

namespace siahub::hub {
namespace {

class CommitRacesTest : public RepoTest {};

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

TEST_F(CommitRacesTest, WhoLosesEveryRaceCommitsUnderTheLock) {
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

TEST_F(CommitRacesTest, HundredParallelCommittersAllSucceed) {
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
