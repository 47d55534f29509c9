#include "hf_proxy/answers.hpp"

#include "hf_proxy/held_answer.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace siahub::hf_proxy {
namespace {

const http::Origin kUpstream = http::parse_origin("https://hub.example").value();
const Addresses kAddresses(kUpstream, "http://proxy:8080");
const std::string kSha256(64, 'a');

TEST(Addresses, MovesWhatIsTheUpstreamsAndNothingElse) {
    EXPECT_EQ(kAddresses.url("https://hub.example/a/b?c=d#e"), "http://proxy:8080/a/b?c=d#e");
    EXPECT_EQ(kAddresses.url("https://HUB.example:443/x"), "http://proxy:8080/x");
    EXPECT_EQ(kAddresses.url("http://hub.example/x"), "http://proxy:8080/x");
    EXPECT_EQ(kAddresses.url("https://hub.example"), "http://proxy:8080");
    EXPECT_EQ(kAddresses.url("https://hub.example?q"), "http://proxy:8080/?q");
    for (const auto* other : {"https://hub.example:8443/x", "https://cdn.hub.example/x",
                              "/relative", "https://hub.example.evil/x", "ftp://hub.example/x", "",
                              "text", "https://other/?to=https://hub.example/x"})
        EXPECT_EQ(kAddresses.url(other), other);
}

TEST(Addresses, MovesEveryLinkOfAHeader) {
    EXPECT_EQ(kAddresses.link("<https://hub.example/a>; rel=\"xet-auth\", <https://cas.example/b>; "
                              "rel=\"xet-reconstruction-info\", <https://hub.example/c?x=1>; "
                              "rel=\"next\""),
              "<http://proxy:8080/a>; rel=\"xet-auth\", <https://cas.example/b>; "
              "rel=\"xet-reconstruction-info\", <http://proxy:8080/c?x=1>; rel=\"next\"");
    for (const auto* odd : {"", "<", "<<", "<https://hub.example/a", "> <", "no link at all"})
        EXPECT_EQ(kAddresses.link(odd), odd);
}

TEST(Addresses, MovesTheHeadersThatHoldAddresses) {
    http::Headers headers;
    headers.add("Location", "https://hub.example/x");
    headers.add("A", "https://hub.example/x");
    headers.add("link", "<https://hub.example/y>; rel=next");
    headers.add("X-Xet-Refresh-Route", "https://hub.example/z");
    kAddresses.headers(headers);
    EXPECT_EQ(headers.find("location"), "http://proxy:8080/x");
    EXPECT_EQ(headers.find("a"), "https://hub.example/x");
    EXPECT_EQ(headers.find("link"), "<http://proxy:8080/y>; rel=next");
    EXPECT_EQ(headers.find("x-xet-refresh-route"), "http://proxy:8080/z");
    EXPECT_EQ(headers[0].name, "Location");
}

TEST(Answers, TokensAreReadAndWritten) {
    EXPECT_EQ(token_expiry(R"({"accessToken":"t","exp":17,"casUrl":"u"})").value(), 17);
    EXPECT_EQ(token_expiry(R"({"accessToken":"t","exp":"17"})").value(), 17);
    for (const auto* bad : {"", "[]", "{}", R"({"exp":17})", R"({"accessToken":"t","exp":-1})",
                            R"({"accessToken":"t","exp":"x"})", R"({"accessToken":"t"})"})
        EXPECT_FALSE(token_expiry(bad)) << bad;
    EXPECT_EQ(render_token({"s", 18}, "https://cas"),
              R"({"accessToken":"s","exp":18,"casUrl":"https://cas"})");
}

TEST(Answers, AnLfsBatchPointsItsXetUploadsToSiaHub) {
    auto batch =
        LfsBatch::parse(
            R"({"transfer":"xet","extra":1.5,"objects":[{"oid":"x","size":3,"actions":{"upload":{)"
            R"("href":"https://hub.example/api/models/a/b/xet-write-token/main","header":{)"
            R"("X-Xet-Cas-Url":"https://cas.hf","X-Xet-Access-Token":"theirs",)"
            R"("X-Xet-Token-Expiration":"99"}}}},{"oid":"y","size":4}]})")
            .value();
    EXPECT_EQ(batch.xet_grant(), 99);
    batch.point_uploads_to({"ours", 98}, "https://cas.sia");
    batch.move_links(kAddresses);
    EXPECT_EQ(
        batch.render(),
        R"({"transfer":"xet","extra":1.5E0,"objects":[{"oid":"x","size":3,"actions":{"upload":{)"
        R"("href":"http://proxy:8080/api/models/a/b/xet-write-token/main","header":{)"
        R"("X-Xet-Cas-Url":"https://cas.sia","X-Xet-Access-Token":"ours",)"
        R"("X-Xet-Token-Expiration":"98"}}}},{"oid":"y","size":4}]})");
}

TEST(Answers, AnLfsBatchOfOtherTransfersKeepsItsStorage) {
    auto batch =
        LfsBatch::parse(
            R"({"transfer":"multipart","objects":[{"oid":"x","actions":{"upload":{)"
            R"("href":"https://s3.example/up?sig=1","header":{"chunk_size":"5",)"
            R"("00001":"https://hub.example/part/1"}},"verify":{"href":"https://hub.example/v"}}}]})")
            .value();
    EXPECT_FALSE(batch.xet_grant());
    batch.point_uploads_to({"ours", 98}, "https://cas.sia");
    batch.move_links(kAddresses);
    EXPECT_EQ(
        batch.render(),
        R"({"transfer":"multipart","objects":[{"oid":"x","actions":{"upload":{)"
        R"("href":"https://s3.example/up?sig=1","header":{"chunk_size":"5",)"
        R"("00001":"http://proxy:8080/part/1"}},"verify":{"href":"http://proxy:8080/v"}}}]})");
}

TEST(Answers, AnLfsBatchGainsTheDownloadsThatSiaHubHas) {
    auto batch = LfsBatch::parse(R"({"objects":[{"oid":")" + kSha256 +
                                 R"(","size":3,"error":{"code":404,"message":"no"}},)"
                                 R"({"oid":"short","error":{"code":404}},{"oid":")" +
                                 std::string(64, 'b') + R"(","error":{"code":422}}]})")
                     .value();
    EXPECT_EQ(batch.missing(), std::vector{kSha256});
    batch.add_download(kSha256, "https://cas.sia/gw");
    EXPECT_TRUE(batch.render().contains(R"("actions":{"download":{"href":"https://cas.sia/gw"}})"));
    EXPECT_TRUE(batch.missing().empty());
}

TEST(Answers, NamedAddressesMove) {
    EXPECT_EQ(
        move_named_addresses(R"({"url":"https://hub.example/a/b","name":"a/b","n":1})", kAddresses),
        R"({"url":"http://proxy:8080/a/b","name":"a/b","n":1})");
    EXPECT_EQ(move_named_addresses("not json", kAddresses), "not json");
    EXPECT_EQ(move_named_addresses("[1]", kAddresses), "[1]");
}

TEST(HeldAnswer, OnlyAReadableFileWithASha256IsLookedFor) {
    http::Headers headers;
    EXPECT_FALSE(linked_sha256(200, headers));
    headers.set("X-Linked-Etag", "\"" + kSha256 + "\"");
    EXPECT_EQ(linked_sha256(200, headers), kSha256);
    EXPECT_EQ(linked_sha256(302, headers), kSha256);
    EXPECT_EQ(linked_sha256(404, headers), kSha256);
    for (const unsigned status : {304U, 401U, 403U, 429U, 500U})
        EXPECT_FALSE(linked_sha256(status, headers)) << status;
    headers.set("X-Linked-Etag", "\"" + std::string(40, 'a') + "\"");
    EXPECT_FALSE(linked_sha256(200, headers));
}

TEST(HeldAnswer, ReplacesTheUpstreamsStorage) {
    http::Headers upstream;
    upstream.add("X-Repo-Commit", "c0ffee");
    upstream.add("Location", "https://cdn.hf/x");
    upstream.add("Link", "<https://hub.example/t>; rel=\"xet-auth\"");
    upstream.add("X-Xet-Hash", "theirs");
    upstream.add("X-Linked-ETag", "\"" + kSha256 + "\"");
    upstream.add("Content-Disposition", "inline");
    const auto target = classify(http::Method::head, "/a/b/resolve/main/x");
    const HeldFile file{kSha256, 7, std::string(64, 'f'), "https://cas.sia/gw/x"};
    const HeldAnswer answer{target, file, upstream, "http://proxy", "https://cas.sia"};
    const auto head = xet_answer(answer, http::Method::head);
    EXPECT_EQ(head.status, 200U);
    EXPECT_EQ(head.announced_length, 7U);
    EXPECT_FALSE(head.headers.find("location"));
    EXPECT_EQ(head.headers.find("x-repo-commit"), "c0ffee");
    EXPECT_EQ(head.headers.find("content-disposition"), "inline");
    EXPECT_EQ(head.headers.find("etag"), "\"" + kSha256 + "\"");
    EXPECT_EQ(head.headers.find("x-xet-hash"), std::string(64, 'f'));
    EXPECT_EQ(head.headers.find("link"),
              "<http://proxy/.siahub/xet-read-token/models/a/b/c0ffee>; rel=\"xet-auth\", "
              "<https://cas.sia/v1/reconstructions/" +
                  std::string(64, 'f') + ">; rel=\"xet-reconstruction-info\"");
    const auto redirect = redirect_answer(answer);
    EXPECT_EQ(redirect.status, 302U);
    EXPECT_EQ(redirect.headers.find("location"), "https://cas.sia/gw/x");
    const auto info = xet_answer(answer, http::Method::get);
    EXPECT_EQ(info.headers.find("content-type"), kXetFileInfo);
    EXPECT_TRUE(std::get<std::string>(info.body).contains("\"size\":7"));
}

}  // namespace
}  // namespace siahub::hf_proxy
