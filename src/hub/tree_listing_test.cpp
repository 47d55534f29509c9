#include "hub/tree_listing.hpp"

#include "git/lfs_pointer.hpp"
#include "hub/test_repo.hpp"

namespace siahub::hub {
namespace {

class TreeListingTest : public RepoTest {
  protected:
    std::vector<TreeItem> list(TreeQuery query, std::string_view revision = "main") {
        return get(listing_.list(repo_.id, resolve(revision), query)).items;
    }
    // Every page of a listing; what comes between two of them is up to `between`.
    std::vector<std::string> walk(TreeQuery query, std::size_t* pages = nullptr) {
        std::vector<std::string> out;
        const auto revision = resolve();
        do {
            const auto page = get(listing_.list(repo_.id, revision, query));
            for (const auto& item : page.items)
                out.push_back(item.path + (item.is_directory ? "/" : ""));
            query.cursor = page.next;
            if (pages != nullptr) ++*pages;
        } while (!query.cursor.empty());
        return out;
    }
};

TEST_F(TreeListingTest, CarriesTheFactsOfEachEntry) {
    const auto object = add_object("weights");
    committed({add("d/a.txt", "hello"), AddLfs{"d/w.bin", object.sha256, {}, {}}}, "main", "add");
    const auto items = list({.recursive = true});
    ASSERT_EQ(items.size(), 4U);
    EXPECT_EQ(items[1].path, "d");
    EXPECT_TRUE(items[1].is_directory);
    EXPECT_EQ(items[1].oid, entry("d")->oid);
    EXPECT_EQ(items[1].size, 0U);
    EXPECT_EQ(items[2].path, "d/a.txt");
    EXPECT_EQ(items[2].size, 5U);
    EXPECT_FALSE(items[2].is_lfs);
    EXPECT_FALSE(items[2].file_hash);
    EXPECT_EQ(items[3].path, "d/w.bin");
    EXPECT_TRUE(items[3].is_lfs);
    EXPECT_EQ(items[3].size, 7U);
    EXPECT_EQ(items[3].sha256, object.sha256);
    EXPECT_EQ(items[3].pointer_size, git::encode_lfs_pointer({object.sha256, 7}).size());
    EXPECT_TRUE(items[3].file_hash);
    EXPECT_FALSE(items[3].last_commit);
    const auto expanded = list({.path = "/d/", .expand = true});
    ASSERT_EQ(expanded.size(), 2U);
    EXPECT_EQ(expanded[0].path, "d/a.txt");
    EXPECT_EQ(expanded[0].last_commit->title, "add");
    EXPECT_EQ(list({.expand = true})[0].last_commit->title, "initial commit");
}

TEST_F(TreeListingTest, RefusesWhatIsNoFolderAndForeignCursors) {
    committed({add("d/a", "1")});
    const auto code = [this](TreeQuery query) {
        const auto revision = resolve();
        return code_of(listing_.list(repo_.id, revision, query));
    };
    EXPECT_EQ(code({.path = "gone"}), Code::entry_not_found);
    EXPECT_EQ(code({.path = "d/a"}), Code::entry_not_found);
    EXPECT_EQ(code({.path = "d/a/b"}), Code::entry_not_found);
    for (const std::string cursor : {"!", "AAAA", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"})
        EXPECT_EQ(code({.cursor = cursor}), Code::invalid_argument) << cursor;
}

TEST_F(TreeListingTest, PathsInfoLeavesOutWhatIsMissing) {
    committed({add("d/a", "1")}, "main", "first");
    clock_.advance(1000);
    committed({add("b", "1")}, "main", "second");
    const std::vector<std::string> asked{"b", "gone", "d", "d/a", ""};
    const auto items = get(listing_.paths_info(repo_.id, resolve(), asked, true));
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[0].path, "b");
    EXPECT_EQ(items[0].last_commit->title, "second");
    EXPECT_TRUE(items[1].is_directory);
    EXPECT_EQ(items[1].last_commit->title, "first");
    EXPECT_EQ(items[2].last_commit->title, "first");
}

TEST_F(TreeListingTest, PagesShowTheCommitTheyBeganWith) {
    std::vector<Operation> operations;
    for (int i = 0; i < 10; ++i)
        operations.push_back(add("f" + std::to_string(i), "1"));
    committed(operations);
    TreeQuery query{.limit = 4};
    auto page = get(listing_.list(repo_.id, resolve(), query));
    committed({DeleteFile{"f5"}, add("f55", "1")});
    query.cursor = page.next;
    page = get(listing_.list(repo_.id, resolve(), query));
    ASSERT_EQ(page.items.size(), 4U);
    EXPECT_EQ(page.items[2].path, "f5");
    EXPECT_EQ(page.items[3].path, "f6");
}

TEST_F(TreeListingTest, PagesOfEveryLengthAreTheWholeListing) {
    const auto blob = stage("x");
    std::vector<Operation> operations;
    for (const std::string path :
         {"a", "a-", "a0", "b/c/d/e", "b/c/d.x", "b/c-", "b.c", "b/d", "z/z"})
        operations.push_back(AddFile{path, blob, ""});
    committed(operations);
    for (const bool recursive : {false, true}) {
        for (const std::string path : {"", "b", "b/c"}) {
            const auto whole = walk({.path = path, .recursive = recursive});
            EXPECT_EQ(whole.size(), path.empty()  ? (recursive ? 14U : 7U)
                                    : path == "b" ? (recursive ? 6U : 3U)
                                                  : (recursive ? 3U : 2U))
                << path;
            for (std::size_t limit = 1; limit < 8; ++limit)
                EXPECT_EQ(walk({.path = path, .recursive = recursive, .limit = limit}), whole)
                    << path << " by " << limit;
        }
    }
}

TEST_F(TreeListingTest, PagesThroughFiftyThousandFiles) {
    const auto blob = stage("x");
    std::vector<Operation> operations;
    std::vector<std::string> expected{".gitattributes"};
    for (int folder = 100; folder < 150; ++folder) {
        expected.push_back(std::to_string(folder) + "/");
        for (int file = 1000; file < 2000; ++file) {
            expected.push_back(std::to_string(folder) + "/" + std::to_string(file));
            operations.push_back(AddFile{expected.back(), blob, ""});
        }
    }
    committed(std::move(operations));
    std::size_t pages = 0;
    EXPECT_EQ(walk({.recursive = true}, &pages), expected);
    EXPECT_EQ(pages, 51U);
}

}  // namespace
}  // namespace siahub::hub
