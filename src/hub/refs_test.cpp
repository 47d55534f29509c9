#include "hub/refs.hpp"

#include "git/tree.hpp"
#include "hub/git_paths.hpp"
#include "hub/test_repo.hpp"

#include <gmock/gmock.h>

namespace siahub::hub {
namespace {

class RefsTest : public RepoTest {
  protected:
    Error error_of(Task<Result<void>> task) {
        auto result = run_task(std::move(task));
        if (result) throw std::runtime_error("it went through");
        return std::move(result).error();
    }
    Task<Result<void>> branch(NewBranch branch) {
        co_return co_await refs_.create_branch(repo_, branch, kAlice);
    }
};

TEST_F(RefsTest, ResolvesEveryKindOfRevision) {
    const auto head = committed({add("a", "1")});
    for (const auto& revision :
         {std::string("main"), std::string("refs/heads/main"), std::string("HEAD"), head.hex(),
          head.hex().substr(0, 7), head.hex().substr(0, 9)})
        EXPECT_EQ(resolve(revision).commit, head) << revision;
    EXPECT_EQ(resolve("main").ref, "refs/heads/main");
    EXPECT_EQ(resolve(head.hex()).ref, "");
    EXPECT_EQ(resolve(head.hex()).tree, get(history_.commit(repo_.id, head)).tree);
    for (const std::string revision :
         {"", "gone", "refs/heads/gone", "refs/tags/main", "abc", "refs/pr/1", "zzzzzzz"})
        EXPECT_EQ(code_of(refs_.resolve(repo_, revision)), Code::revision_not_found) << revision;
    const std::string none(40, '0');
    const auto error = run_task(refs_.resolve(repo_, none)).error();
    EXPECT_EQ(error.message, "Invalid rev id: " + none);
    Repo other = repo_;
    other.id = 5;
    EXPECT_EQ(code_of(refs_.resolve(other, head.hex())), Code::revision_not_found);
}

TEST_F(RefsTest, RefusesAmbiguousBeginnings) {
    std::map<std::string, int> beginnings;
    for (int i = 0; i < 400; ++i)
        ++beginnings[committed({add("a", std::to_string(i))}).hex().substr(0, 4)];
    int ambiguous = 0;
    for (const auto& [beginning, count] : beginnings) {
        EXPECT_EQ(code_of(refs_.resolve(repo_, beginning)).has_value(), count > 1);
        ambiguous += count > 1 ? 1 : 0;
    }
    EXPECT_GT(ambiguous, 0);
}

TEST_F(RefsTest, BranchHidesTagOfTheSameName) {
    const auto first = committed({add("a", "1")});
    get(refs_.create_tag(repo_, "v1", "main"));
    committed({add("a", "2")});
    get(branch({.name = "v1"}));
    EXPECT_EQ(resolve("v1").ref, "refs/heads/v1");
    EXPECT_EQ(resolve("refs/tags/v1").commit, first);
    get(refs_.delete_branch(repo_, "v1"));
    EXPECT_EQ(resolve("v1").commit, first);
}

TEST_F(RefsTest, CreatesBranches) {
    const auto head = committed({add("a", "1")});
    get(branch({.name = "feature/x"}));
    EXPECT_EQ(resolve("feature/x").commit, head);
    get(branch({.name = "old", .starting_point = root_.hex().substr(0, 8)}));
    EXPECT_EQ(resolve("old").commit, root_);
    auto error = error_of(branch({.name = "old"}));
    EXPECT_EQ(error.code, Code::conflict);
    EXPECT_EQ(error.message, "Reference refs/heads/old already exists");
    get(branch({.name = "old", .overwrite = true}));
    EXPECT_EQ(resolve("old").commit, root_);
    get(branch({.name = "old", .starting_point = "main", .overwrite = true}));
    EXPECT_EQ(resolve("old").commit, head);
    EXPECT_EQ(error_of(branch({.name = "new", .starting_point = "gone"})).code,
              Code::revision_not_found);
    get(branch({.name = "empty", .empty = true}));
    EXPECT_EQ(resolve("empty").tree, git::empty_tree_id());
    EXPECT_FALSE(get(history_.commit(repo_.id, resolve("empty").commit)).parent);
    committed({add("b", "1")}, "empty");
    EXPECT_EQ(paths("empty"), std::vector<std::string>{"b"});
    for (const std::string name : {"refs/pr/5", "refs/something/random", "", "a b", "a..b", "a/",
                                   "/a", ".a", "a.lock", "-a", "@", "HEAD", "a@{b", "a:b", "a//b",
                                   "a.", "a/.b", "0123456789012345678901234567890123456789"})
        EXPECT_EQ(error_of(branch({.name = name})).message, "Invalid reference for a branch")
            << name;
    EXPECT_EQ(error_of(branch({.name = "feature"})).code, Code::invalid_argument);
    EXPECT_EQ(error_of(branch({.name = "feature/x/y"})).code, Code::invalid_argument);
    get(branch({.name = "feature0"}));
}

TEST_F(RefsTest, DeletesBranchesButTheDefault) {
    get(branch({.name = "dev"}));
    get(refs_.create_tag(repo_, "v1", "main"));
    get(refs_.delete_branch(repo_, "dev"));
    for (const std::string name : {"dev", "v1", "gone"})
        EXPECT_TRUE(
            error_of(refs_.delete_branch(repo_, name)).message.starts_with("Invalid rev id"));
    for (const std::string name : {"main", "refs/heads/main"})
        EXPECT_EQ(error_of(refs_.delete_branch(repo_, name)).message,
                  "Cannot delete refs/heads/main");
}

TEST_F(RefsTest, CreatesAndDeletesTags) {
    get(refs_.create_tag(repo_, "v1", root_.hex().substr(0, 6)));
    EXPECT_EQ(resolve("v1").commit, root_);
    const auto error = error_of(refs_.create_tag(repo_, "v1", "main"));
    EXPECT_EQ(error.code, Code::conflict);
    EXPECT_EQ(error.message, "Reference refs/tags/v1 already exists");
    EXPECT_EQ(error_of(refs_.create_tag(repo_, "invalid tag", "gone")).code,
              Code::revision_not_found);
    EXPECT_EQ(error_of(refs_.create_tag(repo_, "invalid tag", "main")).code,
              Code::invalid_argument);
    get(refs_.delete_tag(repo_, "v1"));
    EXPECT_EQ(error_of(refs_.delete_tag(repo_, "v1")).code, Code::revision_not_found);
}

TEST_F(RefsTest, ListsByName) {
    get(branch({.name = "b"}));
    get(branch({.name = "a"}));
    get(refs_.create_tag(repo_, "t", "main"));
    std::vector<std::string> names;
    for (const auto& ref : get(refs_.list(repo_)))
        names.push_back(ref.full_name());
    EXPECT_THAT(names, ::testing::ElementsAre("refs/heads/a", "refs/heads/b", "refs/heads/main",
                                              "refs/tags/t"));
}

}  // namespace
}  // namespace siahub::hub
