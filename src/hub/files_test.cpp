#include "hub/files.hpp"

#include "git/lfs_pointer.hpp"
#include "git/object_id.hpp"
#include "hub/test_repo.hpp"

#include <random>

namespace siahub::hub {
namespace {

class FilesTest : public RepoTest {
  protected:
    std::optional<FileInfo> find(const Oid& blob) { return get(files_.find(repo_.id, blob)); }
    Task<Result<std::string>> read_all(xet::Hash file) {
        auto reader = CO_TRY(co_await store_->read(repo_.id, file));
        std::string out;
        for (;;) {
            const auto piece = CO_TRY(co_await reader->next());
            if (piece.empty()) co_return out;
            out += as_chars(piece);
        }
    }
    static std::string random_text(std::size_t size) {
        std::mt19937 random(static_cast<unsigned>(size));
        std::string text(size, '\0');
        for (auto& c : text)
            c = static_cast<char>('a' + random() % 26);
        return text;
    }
};

TEST_F(FilesTest, SmallFilesLieInline) {
    const auto stored = stage("hello");
    EXPECT_EQ(stored.blob, git::blob_id(as_bytes("hello")));
    EXPECT_EQ(stored.size, 5U);
    const auto info = find(stored.blob).value();
    EXPECT_EQ(info.size, 5U);
    EXPECT_FALSE(info.is_lfs);
    EXPECT_FALSE(info.file_hash);
    EXPECT_EQ(info.sha256, sha256(as_bytes("hello")));
    EXPECT_EQ(as_chars(get(files_.inline_content(repo_.id, info.sha256))), "hello");
    EXPECT_EQ(get(files_.readable_text(repo_.id, stored.blob)), "hello");
    EXPECT_FALSE(get(files_.find(repo_.id + 1, stored.blob)));
    EXPECT_EQ(code_of(files_.inline_content(repo_.id + 1, info.sha256)), Code::not_found);
    EXPECT_EQ(get(files_.readable_text(repo_.id, stage("").blob)), "");
    EXPECT_EQ(find(stage(random_text(kInlineLimit)).blob)->file_hash, std::nullopt);
}

TEST_F(FilesTest, LargeFilesLieInXorbs) {
    const auto text = random_text(kInlineLimit + 300'000);
    const auto stored = stage(text);
    EXPECT_EQ(stored.blob, git::blob_id(as_bytes(text)));
    const auto info = find(stored.blob).value();
    ASSERT_TRUE(info.file_hash);
    EXPECT_FALSE(info.is_lfs);
    EXPECT_EQ(info.sha256, sha256(as_bytes(text)));
    EXPECT_EQ(get(read_all(*info.file_hash)), text);
    EXPECT_EQ(get(files_.readable_text(repo_.id, stored.blob)), std::nullopt);
    EXPECT_EQ(stage(text).blob, stored.blob);
    Files fresh(*database_, *store_, clock_, 1 << 20);
    EXPECT_EQ(get(fresh.find(repo_.id, stored.blob))->file_hash, info.file_hash);
}

TEST_F(FilesTest, FilesThatTheHubReadsLieInline) {
    const auto text = random_text(kInlineLimit + 1);
    EXPECT_EQ(get(files_.readable_text(repo_.id, stage(text, "a/.gitattributes").blob)), text);
}

TEST_F(FilesTest, APointerIsTheLfsFileOrIsRefused) {
    const auto object = add_object("weights");
    const auto pointer = git::encode_lfs_pointer({object.sha256, object.size});
    const auto info = find(stage(pointer).blob).value();
    EXPECT_TRUE(info.is_lfs);
    EXPECT_EQ(info.size, 7U);
    const auto lie = git::encode_lfs_pointer({object.sha256, 8});
    EXPECT_EQ(code_of(stage_in(repo_.id, "x", as_bytes(lie))), Code::invalid_argument);
    const auto unknown = git::encode_lfs_pointer({sha256(as_bytes("?")), 1});
    EXPECT_EQ(code_of(stage_in(repo_.id, "x", as_bytes(unknown))), Code::invalid_argument);
    EXPECT_FALSE(find(stage(pointer + " ").blob)->is_lfs);
}

TEST_F(FilesTest, ComputedContentReplacesAClaim) {
    add_object("hello");  // says that other bytes have this hash
    const auto stored = stage("hello");
    EXPECT_FALSE(find(stored.blob)->file_hash);
    Files fresh(*database_, *store_, clock_, 1 << 20);
    EXPECT_FALSE(get(fresh.find(repo_.id, stored.blob))->file_hash);
    EXPECT_EQ(get(fresh.readable_text(repo_.id, stored.blob)), "hello");
}

TEST_F(FilesTest, FindsManyInTheOrderAsked) {
    std::vector<Oid> blobs;
    BlobStager stager(files_, repo_.id);
    for (int i = 0; i < 300; ++i)
        blobs.push_back(get(stager.add("f", as_bytes(std::to_string(i)))).blob);
    EXPECT_FALSE(find(blobs[0]));
    get(stager.flush());
    blobs.insert(blobs.begin() + 100, Oid());
    blobs.push_back(blobs[0]);
    Files fresh(*database_, *store_, clock_, 1 << 20);
    for (auto* files : {&fresh, &fresh, &files_}) {
        const auto found = get(files->find_many(repo_.id, blobs));
        ASSERT_EQ(found.size(), blobs.size());
        for (std::size_t i = 0; i < blobs.size(); ++i) {
            ASSERT_EQ(found[i].has_value(), i != 100);
            if (found[i]) EXPECT_EQ(found[i]->blob, blobs[i]);
        }
    }
    EXPECT_TRUE(get(files_.find_many(repo_.id, {})).empty());
    const std::vector<Sha256> hashes{sha256(as_bytes("0")), Sha256{}, sha256(as_bytes("1"))};
    const auto objects = get(files_.find_objects(repo_.id, hashes));
    EXPECT_TRUE(objects[0] && !objects[1] && objects[2]);
}

}  // namespace
}  // namespace siahub::hub
