#include "hub/changes.hpp"

#include "hub/test_repo.hpp"

namespace siahub::hub {
namespace {

class ChangesTest : public RepoTest {
  protected:
    CommitChanges changes(const Oid& commit) { return get(changes_.of(repo_.id, commit)); }
    static const FileChange& file(const CommitChanges& changes, std::string_view path) {
        const auto found = std::ranges::find(changes.files, path, &FileChange::path);
        if (found == changes.files.end()) throw std::runtime_error("no such file is changed");
        return *found;
    }

    Changes changes_{trees_, files_, history_, *store_};
};

TEST_F(ChangesTest, TheFirstCommitAddsEverything) {
    const auto first = changes(root_);
    ASSERT_EQ(first.files.size(), 1);
    EXPECT_FALSE(first.commit.parent);
    EXPECT_EQ(first.files[0].status, FileChange::Status::added);
    EXPECT_EQ(first.files[0].diff, "@@ -0,0 +1 @@\n+*.bin filter=lfs\n");
    EXPECT_FALSE(first.files[0].before);
}

TEST_F(ChangesTest, TextsAreComparedWithTheParent) {
    committed({add("a/b/text.md", "one\ntwo\n"), add("same.txt", "same"), add("gone.txt", "x\n")});
    const auto commit = committed({add("a/b/text.md", "one\n2\n"), add("raw", std::string(4, '\0')),
                                   DeleteFile{"gone.txt"}, add("latin1", "\xE4\n")});
    const auto seen = changes(commit);
    ASSERT_EQ(seen.files.size(), 4);
    const auto& text = file(seen, "a/b/text.md");
    EXPECT_EQ(text.status, FileChange::Status::modified);
    EXPECT_EQ(text.diff, "@@ -1,2 +1,2 @@\n one\n-two\n+2\n");
    EXPECT_EQ(text.before->size, 8);
    EXPECT_EQ(text.after->size, 6);
    EXPECT_EQ(file(seen, "gone.txt").status, FileChange::Status::deleted);
    EXPECT_EQ(file(seen, "gone.txt").diff, "@@ -1 +0,0 @@\n-x\n");
    EXPECT_TRUE(file(seen, "raw").binary);
    EXPECT_FALSE(file(seen, "raw").diff);
    EXPECT_TRUE(file(seen, "latin1").binary);
}

TEST_F(ChangesTest, AFileThatBecomesAFolderIsGoneAndThere) {
    committed({add("x", "file")});
    const auto commit = committed({DeleteFile{"x"}, add("x/y", "below")});
    const auto seen = changes(commit);
    ASSERT_EQ(seen.files.size(), 2);
    EXPECT_EQ(file(seen, "x").status, FileChange::Status::deleted);
    EXPECT_EQ(file(seen, "x/y").status, FileChange::Status::added);
}

TEST_F(ChangesTest, LargeFilesHaveNoDiff) {
    const auto object = add_object("pretend this is large");
    const auto commit = committed({AddLfs{"w.bin", object.sha256, object.size, ""}});
    const auto seen = changes(commit);
    const auto& large = file(seen, "w.bin");
    EXPECT_TRUE(large.binary);
    EXPECT_TRUE(large.after->is_lfs);
    EXPECT_FALSE(large.diff);
    EXPECT_FALSE(large.chunks) << "its recipe is missing";
}

TEST_F(ChangesTest, ManyFilesAreCutOff) {
    std::vector<Operation> operations;
    for (std::size_t i = 0; i <= Changes::kMostFiles; ++i)
        operations.emplace_back(add("many/" + std::to_string(i), "x"));
    const auto seen = changes(committed(std::move(operations)));
    EXPECT_TRUE(seen.truncated);
    EXPECT_EQ(seen.files.size(), Changes::kMostFiles);
}

TEST_F(ChangesTest, AnotherRepositorysCommitIsNotFound) {
    EXPECT_EQ(code_of(changes_.of(repo_.id + 1, root_)), Code::revision_not_found);
}

}  // namespace
}  // namespace siahub::hub
