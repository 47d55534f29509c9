#include "auth/internal_token.hpp"
#include "auth/token_signer.hpp"
#include "auth/url_signer.hpp"
#include "core/temp_dir.hpp"
#include "xet/test_data.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace siahub::auth {
namespace {

class SigningTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "keys"; }
    [[nodiscard]] LiveKeyRing ring() const {
        return LiveKeyRing::open(file(), std::chrono::milliseconds(0)).value();
    }

    TempDir dir_;
    ManualClock clock_{1'700'000'000'000};
    xet::Hash xorb_ = xet::chunk_hash(xet::test::noise(10));
};

TEST_F(SigningTest, KeysAreCreatedOnceAndSecret) {
    std::vector<std::string> ids(4);
    {
        std::vector<std::jthread> threads;
        for (auto& id : ids)
            threads.emplace_back([&] { id = ring().keys(Purpose::url)->front().id; });
    }
    for (const auto& id : ids)
        EXPECT_EQ(id, ids.front());
    struct stat status{};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_NE(ring().keys(Purpose::url)->front().secret,
              ring().keys(Purpose::internal)->front().secret);
}

TEST_F(SigningTest, RotationKeepsTwoKeysValid) {
    std::string first;
    UrlSigner(ring(), clock_).append(first, "thing", {}, clock_.now() + 60'000);
    ASSERT_TRUE(KeyRing::rotate(file()).has_value());
    EXPECT_TRUE(UrlSigner(ring(), clock_).check("thing", first).has_value());
    ASSERT_TRUE(KeyRing::rotate(file()).has_value());
    EXPECT_EQ(UrlSigner(ring(), clock_).check("thing", first).error().code, Code::link_expired);
    EXPECT_EQ(ring().keys(Purpose::url)->size(), 2U);
}

TEST_F(SigningTest, SignersFollowARotationWhileTheyServe) {
    const UrlSigner urls(ring(), clock_);
    const TokenSigner tokens(ring(), clock_);
    const auto old_key = ring().keys(Purpose::url)->front().id;
    std::string link;
    urls.append(link, "thing", {}, clock_.now() + 60'000);
    const auto token = tokens.sign({.repo = 1, .expires = clock_.now() + 60'000});
    ASSERT_TRUE(KeyRing::rotate(file()).has_value());
    EXPECT_TRUE(urls.check("thing", link).has_value());
    EXPECT_TRUE(tokens.check(token).has_value());
    std::string newer;
    urls.append(newer, "thing", {}, clock_.now() + 60'000);
    EXPECT_FALSE(newer.contains("k=" + old_key));
    ASSERT_TRUE(KeyRing::rotate(file()).has_value());
    EXPECT_FALSE(urls.check("thing", link).has_value());
    EXPECT_FALSE(tokens.check(token).has_value());
    EXPECT_TRUE(urls.check("thing", newer).has_value());
}

TEST_F(SigningTest, KeysStayWhenTheirFileIsDamagedOrGone) {
    const auto live = ring();
    const auto id = live.keys(Purpose::url)->front().id;
    std::filesystem::resize_file(file(), 30);
    EXPECT_EQ(live.keys(Purpose::url)->front().id, id);
    std::filesystem::remove(file());
    EXPECT_EQ(live.keys(Purpose::url)->front().id, id);
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(SigningTest, RotationIsSafeUnderThreads) {
    const UrlSigner urls(ring(), clock_);
    std::atomic<int> refused = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int round = 0; round < 200; ++round) {
                    std::string link;
                    urls.append(link, "thing", {}, clock_.now() + 60'000);
                    if (!urls.check("thing", link)) ++refused;
                }
            });
        ASSERT_TRUE(KeyRing::rotate(file()).has_value());
    }
    EXPECT_EQ(refused, 0);
}

TEST_F(SigningTest, InternalTokensAreBoundToARouteAndAMinute) {
    const InternalTokens tokens(ring(), clock_);
    const auto token = tokens.sign("POST /internal/a");
    EXPECT_TRUE(tokens.check("POST /internal/a", token).has_value());
    EXPECT_EQ(tokens.check("POST /internal/b", token).error().code, Code::forbidden);
    auto forged = token;
    forged.back() = forged.back() == 'A' ? 'B' : 'A';
    for (const auto& wrong : {std::string(), std::string("int_"), forged, token + "A", "x" + token})
        EXPECT_EQ(tokens.check("POST /internal/a", wrong).error().code, Code::forbidden) << wrong;
    clock_.advance(kInternalLife + kInternalLeeway);
    EXPECT_TRUE(tokens.check("POST /internal/a", token).has_value());
    clock_.advance(1);
    EXPECT_EQ(tokens.check("POST /internal/a", token).error().code, Code::forbidden);
}

TEST_F(SigningTest, InternalTokensOfTheFutureAreRefused) {
    ManualClock ahead(clock_.now() + kInternalLeeway + 1);
    const InternalTokens tokens(ring(), clock_);
    EXPECT_EQ(tokens.check("a", InternalTokens(ring(), ahead).sign("a")).error().code,
              Code::forbidden);
    // A Xet token or a link is none, although the same file made its key.
    EXPECT_FALSE(tokens.check("a", TokenSigner(ring(), clock_).sign({.repo = 1})).has_value());
}

TEST_F(SigningTest, DamagedKeyFileIsRefused) {
    (void)ring();
    std::filesystem::resize_file(file(), 30);
    EXPECT_FALSE(KeyRing::open(file()).has_value());
}

TEST_F(SigningTest, XorbUrlIsBoundToObjectRangesAndTime) {
    const UrlSigner signer(ring(), clock_);
    const std::vector<xet::ByteSpan> ranges{{0, 100}, {4'000, 5'000}};
    std::string query;
    signer.append_xorb(query, xorb_, ranges, clock_.now() + 10'000);
    EXPECT_EQ(query.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-_=&"),
              std::string::npos)
        << "nothing a client could encode differently";
    EXPECT_EQ(signer.check_xorb(xorb_, query).value(), ranges);
    EXPECT_EQ(signer.check_xorb(xet::Hash{}, query).error().code, Code::link_expired);
    EXPECT_EQ(signer.check_file(xorb_, query).error().code, Code::link_expired);
    clock_.advance(11'000);
    EXPECT_EQ(signer.check_xorb(xorb_, query).error().code, Code::link_expired);
}

TEST_F(SigningTest, EveryChangedCharacterIsRefused) {
    const UrlSigner signer(ring(), clock_);
    std::string query;
    signer.append_xorb(query, xorb_, std::vector<xet::ByteSpan>{{0, 100}}, clock_.now() + 10'000);
    for (std::size_t i = 0; i < query.size(); ++i) {
        for (const char replacement : {'A', '9', '&', '%'}) {
            auto forged = query;
            if (forged[i] == replacement) continue;
            forged[i] = replacement;
            EXPECT_FALSE(signer.check_xorb(xorb_, forged).has_value()) << forged;
        }
    }
    for (const std::string_view forged : {"", "r=0-99", "s=", "e=1&k=2&s=3", "&&&", "=", "r"})
        EXPECT_FALSE(signer.check_xorb(xorb_, forged).has_value()) << forged;
    EXPECT_FALSE(signer.check_xorb(xorb_, query + "&r=0-1000").has_value());
    EXPECT_FALSE(signer.check_xorb(xorb_, "r=0-1000&" + query).has_value());
}

TEST_F(SigningTest, FileGrantCarriesAnyTextAndSurvivesReencoding) {
    const UrlSigner signer(ring(), clock_);
    const FileGrant grant{.repo = 42,
                          .file = xorb_,
                          .file_name = "weights & bias=ü%20 +.bin",
                          .content_type = "application/octet-stream",
                          .etag = "\"abc\""};
    std::string query;
    signer.append_file(query, grant, clock_.now() + 10'000);
    const auto checked = signer.check_file(xorb_, query).value();
    EXPECT_EQ(checked.repo, 42);
    EXPECT_EQ(checked.file_name, grant.file_name);
    EXPECT_EQ(checked.content_type, grant.content_type);
    EXPECT_EQ(checked.etag, grant.etag);
    auto encoded = query;
    encoded.replace(encoded.find("repo=42"), 7, "repo=%34%32");
    EXPECT_TRUE(signer.check_file(xorb_, encoded).has_value());
}

TEST_F(SigningTest, TokenRoundTripAndLeeway) {
    const TokenSigner signer(ring(), clock_);
    const XetToken token{
        .repo = 7, .user = 9, .scope = TokenScope::write, .expires = clock_.now() + 900'000};
    const auto text = signer.sign(token);
    EXPECT_EQ(signer.check(text).value(), token);
    clock_.advance(900'000 + kTokenLeeway);
    EXPECT_TRUE(signer.check(text).has_value());
    clock_.advance(1);
    EXPECT_EQ(signer.check(text).error().code, Code::invalid_credentials);
}

TEST_F(SigningTest, ForgedTokensAreRefused) {
    const TokenSigner signer(ring(), clock_);
    const auto text = signer.sign({.repo = 7, .user = 9, .expires = clock_.now() + 900'000});
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto forged = text;
        forged[i] = forged[i] == 'B' ? 'C' : 'B';
        EXPECT_FALSE(signer.check(forged).has_value()) << i;
    }
    for (const std::string_view forged : {"", "xet_", "hf_abc", "xet_AAAA"})
        EXPECT_FALSE(signer.check(forged).has_value());
    EXPECT_FALSE(signer.check(text + "A").has_value());
}

}  // namespace
}  // namespace siahub::auth
