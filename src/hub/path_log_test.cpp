#include "hub/path_log.hpp"

#include "hub/test_repo.hpp"

#include <random>

namespace siahub::hub {
namespace {

class PathLogTest : public RepoTest {
  protected:
    Oid commit_all(std::vector<Operation> operations, std::string title,
                   std::string branch = "main") {
        clock_.advance(1000);
        return committed(std::move(operations), std::move(branch), std::move(title));
    }
    Oid put(const std::string& path, const std::string& content, std::string branch = "main") {
        return commit_all({add(path, content)}, path + "=" + content, std::move(branch));
    }
    void branch(std::string name, std::string start) {
        get(refs_.create_branch(
            repo_, {.name = std::move(name), .starting_point = std::move(start)}, kAlice));
    }
    // All pages one after the other.
    std::string titles(PathLog& log, const Oid& head, const std::string& path, std::size_t limit) {
        std::string out;
        auto page = get(log.list(repo_.id, head, path, limit));
        for (;;) {
            EXPECT_LE(page.commits.size(), limit);
            for (const auto& commit : page.commits)
                out += (out.empty() ? "" : " ") + commit.title;
            if (!page.next) return out;
            page = get(log.list_before(repo_.id, *page.next, path, limit));
        }
    }
    std::string titles(const Oid& head, const std::string& path) {
        return titles(log_of_paths_, head, path, PathLog::kMostCommits);
    }
    // By looking at every commit.
    std::string walked(const Oid& head, const std::string& path) {
        std::string out;
        const auto commits = get(history_.list(repo_.id, head, 0, 10'000)).commits;
        for (std::size_t i = 0; i < commits.size(); ++i) {
            const auto after = get(trees_.find(repo_.id, commits[i].tree, path));
            std::optional<PathEntry> before;
            if (i + 1 < commits.size())
                before = get(trees_.find(repo_.id, commits[i + 1].tree, path));
            if (before != after) out += (out.empty() ? "" : " ") + commits[i].title;
        }
        return out;
    }

    PathLog log_of_paths_{*database_, trees_, history_};
};

TEST_F(PathLogTest, FilesAndFoldersHaveTheCommitsThatChangedThem) {
    put("d/a", "1");
    put("b", "1");
    put("d/a", "2");
    commit_all({DeleteFile{"d/a"}}, "gone");
    put("c", "1");
    const auto head = put("d/a", "2");
    EXPECT_EQ(titles(head, "d/a"), "d/a=2 gone d/a=2 d/a=1");
    EXPECT_EQ(titles(head, "d"), "d/a=2 gone d/a=2 d/a=1");
    EXPECT_EQ(titles(head, "b"), "b=1");
    EXPECT_EQ(titles(head, ".gitattributes"), "initial commit");
    EXPECT_EQ(titles(head, "none"), "");
    EXPECT_EQ(titles(head, "d/a/none"), "");
    EXPECT_EQ(titles(root_, "d/a"), "");
    EXPECT_EQ(code_of(log_of_paths_.list(repo_.id, Oid(), "d", 1)), Code::revision_not_found);
}

TEST_F(PathLogTest, WhatWentWithItsFolderIsFound) {
    put("d/e/a", "1");
    put("d/e/b", "1");
    put("z", "1");
    commit_all({DeleteFolder{"d"}}, "without-d");
    put("z", "2");
    put("z", "3");
    const auto before = put("z", "4");
    EXPECT_EQ(titles(before, "d/e/a"), "without-d d/e/a=1");
    const auto head = put("d/e/a", "1");
    EXPECT_EQ(titles(head, "d/e/a"), "d/e/a=1 without-d d/e/a=1");
    EXPECT_EQ(titles(head, "d/e/b"), "without-d d/e/b=1");
    EXPECT_EQ(titles(head, "d/e"), "d/e/a=1 without-d d/e/b=1 d/e/a=1");
    // Removed and added again at once: nothing but the other file went.
    const auto again = commit_all({DeleteFolder{"d"}, add("d/e/b", "2")}, "swap");
    EXPECT_EQ(titles(again, "d/e/a"), "swap d/e/a=1 without-d d/e/a=1");
    const auto file = commit_all({DeleteFolder{"d"}, add("d", "a file")}, "file");
    EXPECT_EQ(titles(file, "d/e/b"), "file swap without-d d/e/b=1");
}

TEST_F(PathLogTest, ASquashedHistoryBeginsWithWhatItHolds) {
    put("d/a", "1");
    put("d/a", "2");
    const auto squashed = get(commits_.super_squash(repo_, "main", "all", kAlice)).oid;
    EXPECT_EQ(titles(squashed, "d/a"), "all");
    EXPECT_EQ(titles(squashed, "b"), "");
    put("b", "1");
    const auto head = commit_all({DeleteFolder{"d"}}, "without-d");
    EXPECT_EQ(titles(head, "d/a"), "without-d all");
    EXPECT_EQ(titles(head, "b"), "b=1");
}

TEST_F(PathLogTest, APageLooksAtABoundedPartOfTheHistory) {
    put("rare", "1");
    // A fork for every commit: "main" has a child already when the branch grows.
    std::string from = "main";
    for (int i = 0; i < 10; ++i) {
        const auto name = "b" + std::to_string(i);
        branch(name, from);
        put("x" + name, "1", from);
        put("y" + name, "1", name);
        from = name;
    }
    const auto head = resolve(from).commit;
    PathLog narrow(*database_, trees_, history_, 2);
    const auto page = get(narrow.list(repo_.id, head, "rare", 10));
    EXPECT_TRUE(page.commits.empty());
    ASSERT_TRUE(page.next) << "there may be more";
    EXPECT_EQ(titles(narrow, head, "rare", 10), "rare=1");
    EXPECT_EQ(titles(head, "rare"), "rare=1");
    EXPECT_FALSE(get(log_of_paths_.list(repo_.id, head, "rare", 10)).next);
    EXPECT_EQ(titles(narrow, head, "none", 10), "");
}

TEST_F(PathLogTest, EveryPageOfEveryPathIsWhatAWalkFinds) {
    std::mt19937 random(7);
    const auto pick = [&random](std::size_t n) { return random() % n; };
    const std::vector<std::string> files{"a", "d/a", "d/b", "d/e/a", "d/e/b", "f/a"};
    const std::vector<std::string> folders{"d", "d/e", "f"};
    std::vector<std::string> branches{"main"};
    for (int i = 0; i < 120; ++i) {
        const auto on = branches[pick(branches.size())];
        const auto title = "c" + std::to_string(i);
        const auto folder = folders[pick(folders.size())];
        if (pick(8) == 0 && branches.size() < 5) {
            branches.push_back("b" + std::to_string(i));
            branch(branches.back(), on);
        }
        if (pick(4) == 0 && entry(folder, on))
            commit_all({DeleteFolder{folder}}, title, on);
        else
            commit_all({add(files[pick(files.size())], std::to_string(pick(4)))}, title, on);
    }
    auto paths = files;
    paths.insert(paths.end(), folders.begin(), folders.end());
    for (const auto& name : branches) {
        const auto head = resolve(name).commit;
        for (const auto& path : paths) {
            const auto expected = walked(head, path);
            for (const std::int64_t chains : {1, 2, 64}) {
                PathLog log(*database_, trees_, history_, chains);
                for (const std::size_t limit : {1UL, 3UL, 100UL})
                    ASSERT_EQ(titles(log, head, path, limit), expected)
                        << name << " " << path << " " << chains << " " << limit;
            }
        }
    }
}

}  // namespace
}  // namespace siahub::hub
