#include "hub/history.hpp"

#include "hub/test_repo.hpp"

namespace siahub::hub {
namespace {

class HistoryTest : public RepoTest {
  protected:
    Oid change(const std::string& path, const std::string& content, std::string branch = "main") {
        clock_.advance(1000);
        return committed({add(path, content)}, std::move(branch), path + "=" + content);
    }
    void branch(std::string name, std::string start) {
        get(refs_.create_branch(
            repo_, {.name = std::move(name), .starting_point = std::move(start)}, kAlice));
    }
    std::string titles(const Oid& head, std::int64_t offset = 0, std::int64_t limit = 100) {
        std::string out;
        for (const auto& commit : get(history_.list(repo_.id, head, offset, limit)).commits)
            out += (out.empty() ? "" : " ") + commit.title;
        return out;
    }
    std::string last(const Oid& head, const std::string& path) {
        const std::vector<std::string> paths{path};
        return get(history_.last_commits(repo_.id, head, paths))[0].title;
    }
};

TEST_F(HistoryTest, ListsCommitsNewestFirstByPages) {
    const auto a1 = change("a", "1");
    change("a", "2");
    const auto b1 = change("b", "1");
    EXPECT_EQ(titles(b1), "b=1 a=2 a=1 initial commit");
    EXPECT_EQ(titles(b1, 1, 2), "a=2 a=1");
    EXPECT_EQ(titles(b1, 3, 2), "initial commit");
    EXPECT_EQ(titles(b1, 4, 2), "");
    EXPECT_EQ(titles(b1, 0, 0), "");
    EXPECT_EQ(titles(b1, 0, INT64_MAX), "b=1 a=2 a=1 initial commit");
    EXPECT_EQ(titles(a1), "a=1 initial commit");
    EXPECT_EQ(get(history_.list(repo_.id, b1, 4, 1)).total, 4);
    const auto info = get(history_.commit(repo_.id, a1));
    EXPECT_EQ(info.parent, root_);
    EXPECT_EQ(info.author.name, "Alice");
    EXPECT_EQ(info.committed_at, kTestStart + 1000);
    EXPECT_EQ(code_of(history_.commit(repo_.id, Oid())), Code::revision_not_found);
    EXPECT_EQ(code_of(history_.commit(repo_.id + 1, a1)), Code::revision_not_found);
}

TEST_F(HistoryTest, BranchesFromOldCommitsKeepTheirOwnPast) {
    const auto a1 = change("a", "1");
    const auto a2 = change("a", "2");
    change("a", "3");
    branch("old", a1.hex());
    const auto b1 = change("b", "1", "old");
    branch("older", b1.hex());  // grows on at the same chain
    const auto b2 = change("b", "2", "older");
    const auto c1 = change("c", "1", "old");  // b1 has a child by now
    const auto a3 = resolve().commit;
    EXPECT_EQ(titles(c1), "c=1 b=1 a=1 initial commit");
    EXPECT_EQ(titles(b2), "b=2 b=1 a=1 initial commit");
    EXPECT_EQ(titles(a3), "a=3 a=2 a=1 initial commit");
    EXPECT_EQ(titles(c1, 1, 2), "b=1 a=1");
    EXPECT_EQ(last(c1, "a"), "a=1");
    EXPECT_EQ(last(c1, "b"), "b=1");
    EXPECT_EQ(last(b2, "b"), "b=2");
    EXPECT_EQ(last(a3, "a"), "a=3");
    EXPECT_EQ(last(a2, "a"), "a=2");
    const auto ancestor = [this](const Oid& x, const Oid& y) {
        return get(history_.is_ancestor(repo_.id, x, y));
    };
    EXPECT_TRUE(ancestor(a1, c1));
    EXPECT_TRUE(ancestor(b1, c1));
    EXPECT_TRUE(ancestor(root_, b2));
    EXPECT_TRUE(ancestor(c1, c1));
    EXPECT_FALSE(ancestor(a2, c1));
    EXPECT_FALSE(ancestor(b2, c1));
    EXPECT_FALSE(ancestor(c1, b1));
}

TEST_F(HistoryTest, LastChangeOfFoldersIsThatOfWhatTheyHold) {
    change("d/e/x", "1");
    change("d/y", "1");
    const auto head = change("z", "1");
    EXPECT_EQ(last(head, "d"), "d/y=1");
    EXPECT_EQ(last(head, "d/e"), "d/e/x=1");
    EXPECT_EQ(last(head, ".gitattributes"), "initial commit");
    const std::vector<std::string> many{"z", "d/y", "d/e/x", "d", "z"};
    std::string all;
    for (const auto& commit : get(history_.last_commits(repo_.id, head, many)))
        all += commit.title + " ";
    EXPECT_EQ(all, "z=1 d/y=1 d/e/x=1 d/y=1 z=1 ");
}

TEST_F(HistoryTest, RewritingTheSameContentIsNoChange) {
    change("a", "1");
    clock_.advance(1000);
    const auto head = committed({add("a", "1"), add("b", "1")}, "main", "both");
    EXPECT_EQ(last(head, "a"), "a=1");
    EXPECT_EQ(last(head, "b"), "both");
    clock_.advance(1000);
    const auto again = committed({DeleteFile{"a"}, add("a", "1"), add("c", "1")}, "main", "again");
    EXPECT_EQ(last(again, "a"), "a=1");
}

TEST_F(HistoryTest, SquashLeavesOneCommit) {
    change("a", "1");
    const auto before = change("a", "2");
    branch("keep", "main");
    const auto squashed = get(commits_.super_squash(repo_, "main", "all of it", kAlice)).oid;
    EXPECT_EQ(resolve().commit, squashed);
    EXPECT_EQ(resolve("keep").commit, before);
    EXPECT_EQ(titles(squashed), "all of it");
    EXPECT_EQ(text("a"), "2");
    EXPECT_FALSE(get(history_.commit(repo_.id, squashed)).parent);
    EXPECT_EQ(last(squashed, "a"), "all of it");
    const auto next = change("b", "1");
    EXPECT_EQ(last(next, "a"), "all of it");
    EXPECT_EQ(last(next, "b"), "b=1");
    EXPECT_EQ(titles(next), "b=1 all of it");
    EXPECT_FALSE(get(history_.is_ancestor(repo_.id, before, next)));
    // Asking again, when the answer was lost.
    const auto once = get(commits_.super_squash(repo_, "main", "once", kAlice));
    const auto twice = get(commits_.super_squash(repo_, "main", "once", kAlice));
    EXPECT_EQ(once.oid, twice.oid);
    EXPECT_FALSE(twice.created);
    EXPECT_EQ(code_of(commits_.super_squash(repo_, "gone", "x", kAlice)), Code::revision_not_found);
}

}  // namespace
}  // namespace siahub::hub
