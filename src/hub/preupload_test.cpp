#include "hub/preupload.hpp"

#include "core/encoding.hpp"
#include "hub/test_repo.hpp"

namespace siahub::hub {
namespace {

using namespace std::string_view_literals;

class PreuploadTest : public RepoTest {
  protected:
    PreuploadVerdict classify(std::string path, std::uint64_t size, std::string_view sample,
                              PreuploadRules rules = {}) {
        const auto view = as_bytes(sample);
        const std::vector<PreuploadFile> files{
            {std::move(path), size, Bytes(view.begin(), view.end())}};
        return get(preupload_.classify(repo_.id, resolve(), files, rules))[0];
    }
};

TEST_F(PreuploadTest, AttributesSizeAndContentDecide) {
    EXPECT_TRUE(classify("a/model.bin", 3, "abc").lfs);
    EXPECT_FALSE(classify("config.json", 3, "abc").lfs);
    EXPECT_FALSE(classify("model.bin", 0, "").lfs);
    EXPECT_FALSE(classify("big.txt", kLargestRegularFile, "abc").lfs);
    EXPECT_TRUE(classify("big.txt", kLargestRegularFile + 1, "abc").lfs);
    EXPECT_TRUE(classify("noise", 100, "a\0b"sv).lfs);
    EXPECT_TRUE(classify("a.png", 3, "abc", {.gitattributes = "*.png filter=lfs"}).lfs);
    EXPECT_FALSE(classify("a.bin", 3, "abc", {.gitattributes = "*.png filter=lfs"}).lfs);
    committed({add(".gitattributes", "*.png filter=lfs")});
    EXPECT_TRUE(classify("a.png", 3, "abc").lfs);
    EXPECT_FALSE(classify("a.bin", 3, "abc").lfs);
}

TEST_F(PreuploadTest, IgnoreRulesComeFromTheRequestOrElseTheRepository) {
    EXPECT_FALSE(classify("nested/a", 1, "a").should_ignore);
    EXPECT_TRUE(classify("nested/a", 1, "a", {.gitignore = "nested/*"}).should_ignore);
    committed({add(".gitignore", "nested/*\n")});
    EXPECT_TRUE(classify("nested/a", 1, "a").should_ignore);
    EXPECT_FALSE(classify("nested/a", 1, "a", {.gitignore = "*.log"}).should_ignore);
}

TEST_F(PreuploadTest, TellsWhatIsAtThePath) {
    const auto object = add_object("weights");
    committed({add("d/a", "1"), AddLfs{"w.bin", object.sha256, {}, {}}});
    EXPECT_EQ(classify("d/a", 1, "2").oid, stage("1").blob.hex());
    EXPECT_EQ(classify("w.bin", 7, "weights").oid, to_hex(object.sha256));
    EXPECT_EQ(classify("new", 1, "1").oid, "");
    EXPECT_EQ(classify("d", 1, "1").oid, "");
}

TEST_F(PreuploadTest, RefusesPathsThatMayNotBe) {
    const std::vector<PreuploadFile> files{{"..\\ddd", 1, {}}};
    EXPECT_EQ(code_of(preupload_.classify(repo_.id, resolve(), files, {})), Code::unprocessable);
}

TEST(LooksBinary, KnowsTextFromBytes) {
    for (const auto text :
         {""sv, "plain"sv, "ünï"sv, "\xFF\xFEh\0i\0"sv, "\0\0\xFE\xFF"sv, "\xEF\xBB\xBFtext"sv,
          "cut \xC3"sv, "cut \xE2\x82"sv, "cut \xF0\x9F\x98"sv})
        EXPECT_FALSE(looks_binary(as_bytes(text))) << text;
    for (const auto bytes : {"a\0"sv, "\x80"sv, "cut \xC3 x"sv, "\xC0\xAF"sv, "\xE2\x82\x28"sv,
                             "\xF8"sv, "ok \xE2\x28"sv})
        EXPECT_TRUE(looks_binary(as_bytes(bytes))) << bytes;
}

}  // namespace
}  // namespace siahub::hub
