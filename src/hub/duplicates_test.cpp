#include "hub/duplicates.hpp"

#include "git/object_id.hpp"
#include "hub/owned_repos.hpp"
#include "hub/test_repo.hpp"

namespace siahub::hub {
namespace {

class DuplicatesTest : public RepoTest {
  protected:
    DuplicatesTest() {
        const auto object = add_object("weights");
        const Bytes file_hash(32, std::byte{1});
        sql("INSERT INTO reconstruction_files (repo_id, file_hash, size, sha256, created_at)"
            " VALUES ($1, $2, 7, $3, 0)",
            {repo_.id, ByteView(file_hash), ByteView(object.sha256)});
        weights_ = {.sha256 = object.sha256, .file_hash = xet::Hash::from_raw(kOnes)};
        committed({add("README.md", "---\nlicense: mit\n---\n# it"), add("old.txt", "secret"),
                   AddLfs{"weights.bin", object.sha256, object.size, {}}});
        committed({add("src/deep/code.py", "pass"), DeleteFile{"old.txt"}});
    }

    CreatedRepo duplicate(std::string ns, std::string name, std::optional<bool> is_private = {}) {
        return get(
            duplicates_.duplicate(*bob_, repo_, {std::move(ns), std::move(name), is_private}));
    }
    std::vector<std::string> paths_of(const Repo& repo) {
        TreeQuery query{.recursive = true};
        std::vector<std::string> paths;
        const auto revision = get(refs_.resolve(repo, "main"));
        for (const auto& item : get(listing_.list(repo.id, revision, query)).items)
            paths.push_back(item.path);
        return paths;
    }
    std::int64_t count(std::string_view table, RowId repo) {
        return sql("SELECT COUNT(*) FROM " + std::string(table) + " WHERE repo_id = $1", {repo})
            .at(0)
            .integer(0);
    }

    static constexpr std::array<std::byte, 32> kOnes = [] {
        std::array<std::byte, 32> bytes{};
        bytes.fill(std::byte{1});
        return bytes;
    }();
    SharedObject weights_;
    RowId bob_id_ = add_user("bob");
    CallerPtr bob_ = caller(bob_id_);
    Access access_{*database_};
    Duplicates duplicates_{*database_, access_, refs_, files_, listing_, clock_};
};

TEST_F(DuplicatesTest, HaveTheTreeAndOneCommitOfTheirOwn) {
    const auto made = duplicate("bob", "copy");
    ASSERT_TRUE(made.created);
    EXPECT_EQ(made.repo.full_name(), "bob/copy");
    EXPECT_EQ(get(refs_.resolve(made.repo, "main")).tree, resolve().tree);
    EXPECT_EQ(paths_of(made.repo), paths_of(repo_));
    const auto head =
        get(history_.commit(made.repo.id, get(refs_.resolve(made.repo, "main")).commit));
    EXPECT_FALSE(head.parent);
    EXPECT_EQ(head.message, "Duplicate from alice/model");
    EXPECT_EQ(head.author.name, "bob");
    EXPECT_EQ(count("repo_commits", made.repo.id), 1);
}

TEST_F(DuplicatesTest, LeaveBehindWhatOnlyHistoryHolds) {
    const auto copy = duplicate("bob", "copy").repo;
    const auto gone = git::blob_id(as_bytes(std::string_view("secret")));
    EXPECT_TRUE(get(files_.find(repo_.id, gone)));
    EXPECT_FALSE(get(files_.find(copy.id, gone)));
}

TEST_F(DuplicatesTest, AreWholeWhenTheOriginalIsGone) {
    const auto copy = duplicate("bob", "copy").repo;
    for (const auto* table : {"repo_trees", "repo_files", "lfs_objects", "reconstruction_files"})
        sql("DELETE FROM " + std::string(table) + " WHERE repo_id = $1", {repo_.id});
    TreeStore trees(*database_, 1 << 20);
    Files files(*database_, *store_, clock_, 1 << 20);
    TreeListing listing(trees, files, history_);
    const auto revision = get(refs_.resolve(copy, "main"));
    const auto page = get(listing.list(copy.id, revision, {.recursive = true}));
    EXPECT_EQ(page.items.size(), 6U) << "with two folders";
    const auto found = get(files.find_objects(copy.id, std::vector{weights_.sha256}));
    ASSERT_TRUE(found.at(0));
    EXPECT_EQ(found.at(0)->file_hash, weights_.file_hash);
    EXPECT_EQ(count("reconstruction_files", copy.id), 1);
    EXPECT_EQ(count("repo_durability", copy.id), 1);
}

TEST_F(DuplicatesTest, TakeOverCardAndGateAndPrivacy) {
    sql("UPDATE repos SET gated = 'manual', private = 1 WHERE id = $1", {repo_.id});
    repo_.gated = "manual";
    repo_.is_private = true;
    const auto copy = duplicate("bob", "copy").repo;
    EXPECT_TRUE(copy.is_private);
    EXPECT_EQ(copy.gated, "manual");
    EXPECT_FALSE(duplicate("bob", "open", false).repo.is_private);
    const auto tags = sql("SELECT tag FROM repo_tags WHERE repo_id = $1", {copy.id});
    ASSERT_EQ(tags.size(), 1U);
    EXPECT_EQ(tags.at(0).text(0), "license:mit");
}

TEST_F(DuplicatesTest, TakeNoNameThatIsTakenAndNoForeignNamespace) {
    const auto first = duplicate("bob", "copy");
    const auto again = duplicate("bob", "COPY");
    EXPECT_FALSE(again.created);
    EXPECT_EQ(again.repo.id, first.repo.id);
    EXPECT_EQ(code_of(duplicates_.duplicate(*bob_, repo_, {"alice", "copy"})), Code::forbidden);
    EXPECT_EQ(code_of(duplicates_.duplicate(*bob_, repo_, {"bob", "no good"})),
              Code::invalid_argument);
}

TEST_F(DuplicatesTest, OfADeletedRepositoryAreNotMade) {
    const auto before = sql("SELECT id FROM repos").size();
    sql("DELETE FROM repos WHERE id = $1", {repo_.id});
    EXPECT_EQ(code_of(duplicates_.duplicate(*bob_, repo_, {"bob", "copy"})), Code::repo_not_found);
    EXPECT_EQ(sql("SELECT id FROM repos").size(), before - 1);
}

TEST_F(DuplicatesTest, ShareSingleObjectsAndNameThoseThatAreNotThere) {
    Repo other = repo_;
    other.id = 78;
    other.name = "other";
    add_repo(other, 7);
    SharedObject unknown{.sha256 = sha256(as_bytes(std::string_view("?"))),
                         .file_hash = weights_.file_hash};
    SharedObject mistaken{.sha256 = weights_.sha256, .file_hash = xet::Hash{}};
    auto missing = get(duplicates_.share(repo_.id, other.id, std::array{unknown, mistaken}));
    EXPECT_EQ(missing.size(), 2U);
    EXPECT_EQ(count("lfs_objects", other.id), 0);
    missing = get(duplicates_.share(repo_.id, other.id, std::array{weights_, unknown}));
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_EQ(missing.at(0).sha256, unknown.sha256);
    EXPECT_EQ(count("lfs_objects", other.id), 1);
    EXPECT_EQ(count("reconstruction_files", other.id), 1);
}

TEST_F(DuplicatesTest, CountInWhatANamespaceStores) {
    duplicate("bob", "one");
    clock_.advance(1);  // ids sort by time
    duplicate("bob", "two");
    const auto whole = get(owned_repos(*database_, bob_id_, std::nullopt, 10));
    ASSERT_EQ(whole.repos.size(), 2U);
    EXPECT_FALSE(whole.next);
    EXPECT_EQ(whole.repos.at(0).repo.name, "one");
    EXPECT_EQ(whole.repos.at(0).bytes, whole.repos.at(1).bytes);
    EXPECT_EQ(whole.total, 2 * whole.repos.at(0).bytes);
    const auto first = get(owned_repos(*database_, bob_id_, std::nullopt, 1));
    ASSERT_TRUE(first.next);
    const auto second = get(owned_repos(*database_, bob_id_, first.next, 1));
    ASSERT_EQ(second.repos.size(), 1U);
    EXPECT_EQ(second.repos.at(0).repo.name, "two");
    EXPECT_EQ(second.total, whole.total);
    EXPECT_FALSE(second.next);
}

}  // namespace
}  // namespace siahub::hub
