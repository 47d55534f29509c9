#include "hub/commits.hpp"

#include "core/encoding.hpp"
#include "git/lfs_pointer.hpp"
#include "git/object_id.hpp"
#include "hub/test_repo.hpp"

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

}  // namespace
}  // namespace siahub::hub
