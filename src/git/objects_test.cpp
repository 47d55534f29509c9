#include "core/encoding.hpp"
#include "git/commit.hpp"
#include "git/git_program.hpp"
#include "git/lfs_pointer.hpp"
#include "git/object_id.hpp"
#include "git/tree.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace siahub::git {
namespace {

std::string line(std::string text) {
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

Bytes to_bytes(std::string_view text) {
    const auto view = as_bytes(text);
    return {view.begin(), view.end()};
}

struct Entry {
    std::uint32_t mode;
    std::string name;
};

bool before(const Entry& a, const Entry& b) {
    return entry_less(a.name, a.mode == kModeTree, b.name, b.mode == kModeTree);
}

Bytes write_tree(std::vector<Entry> entries, const Oid& blob, const Oid& tree) {
    std::ranges::sort(entries, before);
    TreeWriter writer;
    for (const auto& entry : entries)
        writer.add(entry.mode, entry.name, entry.mode == kModeTree ? tree : blob);
    return writer.take();
}

TEST(Oid, ReadsAndWritesHex) {
    const std::string hex = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    ASSERT_TRUE(Oid::parse(hex));
    EXPECT_EQ(Oid::parse(hex)->hex(), hex);
    EXPECT_FALSE(Oid::parse(hex.substr(1)));
    EXPECT_FALSE(Oid::parse("z" + hex.substr(1)));
    EXPECT_FALSE(Oid::from_bytes(as_bytes("short")));
}

TEST(Blob, IdsAreThoseOfGit) {
    EXPECT_EQ(blob_id({}).hex(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    EXPECT_EQ(empty_tree_id().hex(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    const GitProgram git;
    std::mt19937 random(1);
    for (int i = 0; i < 10; ++i) {
        std::string content(random() % 5000, '\0');
        for (auto& c : content)
            c = static_cast<char>(random());
        BlobHasher pieces(content.size());
        pieces.update(as_bytes(content).first(content.size() / 3));
        pieces.update(as_bytes(content).subspan(content.size() / 3));
        const auto id = pieces.finish();
        EXPECT_EQ(id.hex(), line(git.run("hash-object --stdin", content)));
        EXPECT_EQ(id, blob_id(as_bytes(content)));
    }
}

TEST(Tree, IdsAreThoseOfMktree) {
    const GitProgram git;
    const auto blob = *Oid::parse(line(git.run("hash-object -w --stdin", "x")));
    const auto sub = *Oid::parse(line(git.run("mktree", "100644 blob " + blob.hex() + "\tx\n")));
    std::mt19937 random(2);
    constexpr std::string_view kChars = "ab./-0A z";
    for (int round = 0; round < 40; ++round) {
        std::set<std::string> names;
        std::vector<Entry> entries;
        std::string listing;
        for (auto count = random() % 30; count > 0; --count) {
            std::string name;
            for (auto length = 1 + random() % 4; length > 0; --length)
                name += kChars[random() % kChars.size()];
            std::erase(name, '/');
            if (name.empty() || name == "." || name == ".." || !names.insert(name).second) continue;
            const auto modes = {kModeFile, kModeTree, kModeExecutable, kModeLink};
            const auto mode = *(modes.begin() + random() % 4);
            entries.push_back({mode, name});
            char text[8];
            std::snprintf(text, sizeof text, "%06o", mode);
            const bool is_tree = mode == kModeTree;
            listing += std::string(text) + (is_tree ? " tree " : " blob ") +
                       (is_tree ? sub : blob).hex() + "\t" + name + '\0';
        }
        const auto body = write_tree(entries, blob, sub);
        EXPECT_EQ(tree_id(body).hex(), line(git.run("mktree -z", listing)));
        const auto tree = Tree::parse(body);
        ASSERT_TRUE(tree);
        ASSERT_EQ(tree->size(), entries.size());
        for (const auto& entry : entries) {
            ASSERT_TRUE(tree->find(entry.name));
            EXPECT_EQ(tree->find(entry.name)->mode, entry.mode);
        }
        EXPECT_FALSE(tree->find("absent"));
    }
}

TEST(Tree, FindsThePlaceOfAKey) {
    const auto body = write_tree({{kModeFile, "a"}, {kModeFile, "a.b"}, {kModeTree, "c"}}, {}, {});
    const auto tree = *Tree::parse(body);
    EXPECT_EQ(tree.lower_bound(""), 0U);
    EXPECT_EQ(tree.lower_bound("a"), 0U);
    EXPECT_EQ(tree.lower_bound("a "), 1U);
    EXPECT_EQ(tree.lower_bound("c"), 2U);
    EXPECT_EQ(tree.lower_bound("c/"), 2U);
    EXPECT_EQ(tree.lower_bound("c/x"), 3U);
}

TEST(Tree, RejectsWhatGitDoesNotWrite) {
    const std::string id(20, 'x');
    const auto entry = [&](std::string_view head) { return std::string(head) + '\0' + id; };
    EXPECT_TRUE(Tree::parse(to_bytes(entry("100644 a") + entry("100644 b"))));
    for (const auto& bad : {
             entry("100664 a"),                                           // mode
             entry("040000 a"),                                           // leading zero
             entry("160000 a"),                                           // submodule
             entry("100644 "),                                            // no name
             entry("100644 a/b"),                                         // slash
             entry("100644 .."),                                          //
             entry("100644 b") + entry("100644 a"),                       // order
             entry("100644 a") + entry("100644 a"),                       // twice
             entry("100644 a") + entry("100644 a.b") + entry("40000 a"),  // twice, apart
             entry("40000 a") + entry("100644 a.b"),                      // order of folders
             entry("100644 a").substr(0, 20),
             std::string("100644 a"),
             std::string("1"),
         }) {
        const auto tree = Tree::parse(to_bytes(bad));
        ASSERT_FALSE(tree) << bad;
        EXPECT_EQ(tree.error().code, Code::invalid_argument);
    }
}

TEST(Commit, IdsAreThoseOfCommitTree) {
    const GitProgram git;
    const auto tree = *Oid::parse(line(git.run("mktree", "")));
    const std::string person = "A U Thor";
    const std::string environment =
        "-c user.name='A U Thor' -c user.email=a@example.org commit-tree " + tree.hex();
    Commit commit{.tree = tree,
                  .parent = {},
                  .name = person,
                  .email = "a@example.org",
                  .seconds = 1700000000,
                  .message = "one line"};
    ::setenv("GIT_AUTHOR_DATE", "1700000000 +0000", 1);
    ::setenv("GIT_COMMITTER_DATE", "1700000000 +0000", 1);
    const auto root = commit_id(commit);
    EXPECT_EQ(root.hex(), line(git.run(environment, commit.message)));
    commit.parent = root;
    commit.message = "title ü\n\nbody\n\nmore\n";
    EXPECT_EQ(commit_id(commit).hex(),
              line(git.run(environment + " -p " + root.hex(), commit.message)));
    ::unsetenv("GIT_AUTHOR_DATE");
    ::unsetenv("GIT_COMMITTER_DATE");
    EXPECT_EQ(commit_title(commit.message), "title ü");
    EXPECT_EQ(commit_title(""), "");
}

TEST(Commit, CleansIdentities) {
    EXPECT_EQ(clean_identity("  A <b>\nc. "), "A bc");
    EXPECT_EQ(clean_identity("\"J. R.\""), "J. R");
    EXPECT_EQ(clean_identity("..."), "");
}

TEST(LfsPointer, HasOneTextPerObject) {
    LfsPointer pointer;
    pointer.sha256.fill(std::byte{0xAB});
    pointer.size = 12345;
    const auto text = encode_lfs_pointer(pointer);
    std::string hash;
    for (int i = 0; i < 32; ++i)
        hash += "ab";
    EXPECT_EQ(text,
              "version https://git-lfs.github.com/spec/v1\noid sha256:" + hash + "\nsize 12345\n");
    EXPECT_EQ(parse_lfs_pointer(as_bytes(text)), pointer);
    for (const auto& other : {
             text + "\n",
             text.substr(0, text.size() - 1),
             "x" + text,
             std::string(),
             text.substr(0, 60),
             text.substr(0, text.size() - 6) + "012345\n",
             text.substr(0, text.size() - 6) + "-2345\n",
             text.substr(0, text.size() - 6) + "99999999999999999999\n",
         })
        EXPECT_FALSE(parse_lfs_pointer(as_bytes(other))) << other;
}

}  // namespace
}  // namespace siahub::git
