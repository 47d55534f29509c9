#include "cas/console_files.hpp"

#include "cas/console_pages.hpp"
#include "core/temp_dir.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace siahub::cas {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kBrowser = "text/html,application/xhtml+xml,*/*;q=0.8";

class ConsoleFilesTest : public ::testing::Test {
  protected:
    ConsoleFilesTest() {
        write("dist/index.html", "<!doctype html>");
        write("dist/favicon.svg", "<svg/>");
        write("dist/assets/app-1.js", "plain javascript");
        write("dist/assets/app-1.js.br", "brotli");
        write("dist/assets/app-1.js.gz", "gzip!");
        write("dist/.secret", "hidden");
        write("outside", "not the console's");
        fs::create_symlink(dir_.path() / "outside", dir_.path() / "dist/assets/link.js");
        console_.emplace(
            ConsoleFiles::open(dir_.path() / "dist", "https://data.example.org").value());
    }

    void write(const std::string& name, std::string_view text) {
        fs::create_directories((dir_.path() / name).parent_path());
        std::ofstream(dir_.path() / name) << text;
    }

    std::string policy_at(std::string_view query) {
        request_.query = query;
        const auto response = get("/me/model", kBrowser).value();
        return std::string(response.headers.find("content-security-policy").value());
    }

    std::optional<http::Response> get(std::string_view path, std::string_view accept = "*/*",
                                      std::string_view encoding = "", std::string_view etag = "") {
        headers_.clear();
        headers_.add("Accept", accept);
        headers_.add("Accept-Encoding", encoding);
        if (!etag.empty()) headers_.add("If-None-Match", etag);
        request_.headers = &headers_;
        request_.path = path;
        return console_->answer(request_);
    }

    static std::uint64_t size_of(const http::Response& response) {
        const auto* body = std::get_if<http::FileBody>(&response.body);
        return body == nullptr ? 0 : body->slices.front().length;
    }

    TempDir dir_;
    std::optional<ConsoleFiles> console_;
    http::Headers headers_;
    http::Request request_;
};

TEST_F(ConsoleFilesTest, AssetsAreKeptForEverInTheCodingThatIsTaken) {
    const auto plain = get("/assets/app-1.js").value();
    EXPECT_EQ(plain.status, 200);
    EXPECT_EQ(size_of(plain), 16);
    EXPECT_EQ(plain.headers.find("content-type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(plain.headers.find("cache-control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(plain.headers.find("vary"), "Accept-Encoding");
    EXPECT_EQ(plain.headers.find("x-content-type-options"), "nosniff");
    EXPECT_FALSE(plain.headers.find("content-encoding"));

    const auto brotli = get("/assets/app-1.js", "*/*", "gzip, br").value();
    EXPECT_EQ(brotli.headers.find("content-encoding"), "br");
    EXPECT_EQ(brotli.headers.find("content-type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(size_of(brotli), 6);
    const auto gzip = get("/assets/app-1.js", "*/*", "gzip, br;q=0").value();
    EXPECT_EQ(gzip.headers.find("content-encoding"), "gzip");
    EXPECT_NE(brotli.headers.find("etag"), gzip.headers.find("etag"));
    EXPECT_NE(plain.headers.find("etag"), gzip.headers.find("etag"));
}

TEST_F(ConsoleFilesTest, WhatHasNotChangedIsNotSentAgain) {
    const auto first = get("/", kBrowser).value();
    const std::string etag(first.headers.find("etag").value());
    EXPECT_EQ(get("/", kBrowser, "", etag)->status, 304);
    write("dist/index.html", "<!doctype html><title>new</title>");
    EXPECT_EQ(get("/", kBrowser, "", etag)->status, 200);
}

TEST_F(ConsoleFilesTest, ABrowserGetsThePageAtEveryPageAddress) {
    for (const auto* path :
         {"/", "/login", "/models", "/datasets/ns/name/tree/main/sub", "/ns", "/ns/name",
          "/ns/name/commit/0123456", "/ns/name/commits/main/sub/a.txt",
          "/datasets/ns/name/commits/main/README.md", "/admin/users", "/settings/tokens",
          "/new/dataset"}) {
        const auto response = get(path, kBrowser);
        ASSERT_TRUE(response) << path;
        EXPECT_EQ(response->status, 200) << path;
        EXPECT_EQ(response->headers.find("content-type"), "text/html; charset=utf-8");
        EXPECT_EQ(response->headers.find("cache-control"), "no-cache");
    }
    EXPECT_EQ(get("/ns/name/nothing/like/it", kBrowser)->status, 404);
}

TEST_F(ConsoleFilesTest, ProgramsGetNoPages) {
    EXPECT_TRUE(get("/"));
    EXPECT_FALSE(get("/ns/name"));
    EXPECT_FALSE(get("/ns/name", "application/json"));
    EXPECT_FALSE(get("/api/models/ns/name", kBrowser));
    EXPECT_FALSE(get("/v1/chunks", kBrowser));
    EXPECT_FALSE(get("/assets/gone.js", kBrowser));
    request_.method = http::Method::post;
    EXPECT_FALSE(get("/login", kBrowser));
}

TEST_F(ConsoleFilesTest, OnlyABrowserGetsAPageInsteadOfTheOperatorsInterface) {
    (void)get("/admin/sia", kBrowser);
    EXPECT_TRUE(console_->page_instead(request_));
    (void)get("/admin/sia", "*/*");
    EXPECT_FALSE(console_->page_instead(request_));
    (void)get("/api/models", kBrowser);
    EXPECT_FALSE(console_->page_instead(request_));
}

TEST_F(ConsoleFilesTest, NothingElseCanBeNamed) {
    for (const auto* path :
         {"/.secret", "/assets/../.secret", "/assets/%2e%2e/.secret", "/assets/..%2f..%2foutside",
          "/assets/../../outside", "/assets//etc/passwd", "/assets/%00", "/assets/", "/assets",
          "/assets/link.js", "/index.html/", "/%"})
        EXPECT_FALSE(get(path)) << path;
    EXPECT_EQ(size_of(get("/favicon.svg").value()), 6);
}

TEST_F(ConsoleFilesTest, PagesMayTalkToThisHubAndItsGatewaysAlone) {
    const std::string policy =
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
        "style-src 'self'; img-src 'self' data: blob: https://data.example.org; font-src 'self'; "
        "media-src 'self' blob: https://data.example.org; "
        "connect-src 'self' https://data.example.org; object-src 'none'; frame-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    EXPECT_EQ(policy_at(""), policy);
    EXPECT_EQ(policy_at("pictures=https://other.example.org&pictures=elsewhere"), policy);
}

TEST_F(ConsoleFilesTest, PicturesOfOtherHostsAreAdmittedWhereTheReaderWantsThem) {
    auto wider = policy_at("");
    const std::string_view pictures = "img-src 'self' data: blob: https://data.example.org";
    wider.insert(wider.find(pictures) + pictures.size(), " https:");
    EXPECT_EQ(policy_at("pictures=elsewhere"), wider);
}

TEST_F(ConsoleFilesTest, ADirectoryWithoutAConsoleIsRefused) {
    EXPECT_EQ(ConsoleFiles::open(dir_.path(), "").error().code, Code::not_found);
}

}  // namespace
}  // namespace siahub::cas
