#include "http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siahub::http {
namespace {

Task<Response> nothing(Request&) {
    co_return Response{};
}

// A router whose handlers are told apart by their addresses.
class Routes : public ::testing::Test {
  protected:
    void add(Method method, std::string pattern) {
        router_.add(method, pattern, nothing);
        // A pattern matches its own text, with its captures taken literally.
        patterns_[router_.find(method, pattern).handler] = pattern;
    }
    std::string pattern_of(Method method, std::string_view path) {
        match_ = router_.find(method, path);
        return match_.handler == nullptr ? "" : patterns_[match_.handler];
    }

    Router router_;
    Router::Match match_;
    std::map<const Handler*, std::string> patterns_;
};

TEST_F(Routes, LiteralsWinAndMatchingBacktracks) {
    add(Method::get, "/api/models");
    add(Method::get, "/api/models/{ns}/{repo}");
    add(Method::get, "/api/models/{ns}/{repo}/tree/{rev}/{path*}");
    add(Method::get, "/api/models/tags/all");
    add(Method::get, "/{ns}/{repo}/resolve/{rev}/{path*}");
    EXPECT_EQ(pattern_of(Method::get, "/api/models"), "/api/models");
    EXPECT_EQ(pattern_of(Method::get, "/api/models/tags/all"), "/api/models/tags/all");
    EXPECT_TRUE(match_.captures.empty());
    EXPECT_EQ(pattern_of(Method::get, "/api/models/tags/other"), "/api/models/{ns}/{repo}");
    EXPECT_THAT(match_.captures, ::testing::ElementsAre("tags", "other"));
    EXPECT_EQ(pattern_of(Method::get, "/api/models/resolve/main/x/y"),
              "/{ns}/{repo}/resolve/{rev}/{path*}");
    EXPECT_THAT(match_.captures, ::testing::ElementsAre("api", "models", "main", "x/y"));
    EXPECT_EQ(pattern_of(Method::get, "/api/models/a/b/tree/refs%2Fpr%2F1/d//f/"),
              "/api/models/{ns}/{repo}/tree/{rev}/{path*}");
    EXPECT_THAT(match_.captures, ::testing::ElementsAre("a", "b", "refs%2Fpr%2F1", "d//f/"));
}

TEST_F(Routes, TheRestMayBeEmpty) {
    add(Method::get, "/tree/{rev}/{path*}");
    for (const std::string_view path : {"/tree/main", "/tree/main/"}) {
        EXPECT_NE(pattern_of(Method::get, path), "") << path;
        EXPECT_THAT(match_.captures, ::testing::ElementsAre("main", ""));
    }
    EXPECT_EQ(pattern_of(Method::get, "/tree"), "");
    EXPECT_EQ(pattern_of(Method::get, "/tree//x"), "");  // a segment is never empty
}

TEST_F(Routes, SuffixesOfSegments) {
    add(Method::get, "/{ns}/{repo}.git/info/refs");
    add(Method::get, "/{ns}/{repo}/info/refs");
    EXPECT_EQ(pattern_of(Method::get, "/a/b.git/info/refs"), "/{ns}/{repo}.git/info/refs");
    EXPECT_THAT(match_.captures, ::testing::ElementsAre("a", "b"));
    EXPECT_EQ(pattern_of(Method::get, "/a/.git/info/refs"), "/{ns}/{repo}/info/refs");
}

TEST_F(Routes, MethodsHeadAndNotAllowed) {
    add(Method::get, "/x");
    add(Method::post, "/x");
    add(Method::head, "/own");
    add(Method::get, "/own");
    add(Method::put, "/{any}");
    EXPECT_EQ(router_.find(Method::head, "/x").handler, router_.find(Method::get, "/x").handler);
    EXPECT_NE(router_.find(Method::head, "/own").handler,
              router_.find(Method::get, "/own").handler);
    EXPECT_EQ(pattern_of(Method::put, "/x"), "/{any}");  // backtracks for the method, too
    EXPECT_EQ(pattern_of(Method::del, "/x"), "");
    EXPECT_TRUE(match_.method_mismatch);
    EXPECT_EQ(match_.allowed_methods(), "GET, HEAD, POST, PUT");
    EXPECT_EQ(pattern_of(Method::get, "/x/y"), "");
    EXPECT_FALSE(match_.method_mismatch);
}

TEST_F(Routes, TheRootAndOddPaths) {
    add(Method::get, "/");
    EXPECT_EQ(pattern_of(Method::get, "/"), "/");
    for (const std::string_view path : {"", "*", "//", "x"})
        EXPECT_EQ(pattern_of(Method::get, path), "") << path;
}

}  // namespace
}  // namespace siahub::http
