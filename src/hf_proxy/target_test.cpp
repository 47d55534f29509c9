#include "hf_proxy/target.hpp"

#include <gtest/gtest.h>

namespace siahub::hf_proxy {
namespace {

using http::Method;

std::string seen(Method method, std::string_view path) {
    const auto target = classify(method, path);
    std::string text = std::to_string(static_cast<int>(target.kind));
    if (!target.repo.name.empty()) text += " " + target.repo.path();
    if (!target.rest.empty()) text.append(" ").append(target.rest);
    return text;
}

std::string is(Kind kind, std::string_view what = "") {
    return std::to_string(static_cast<int>(kind)) + std::string(what);
}

TEST(Target, RecognisesWhatNamesXet) {
    EXPECT_EQ(seen(Method::get, "/api/models/a/b/xet-read-token/main"),
              is(Kind::read_token, " models/a/b main"));
    EXPECT_EQ(seen(Method::get, "/api/datasets/A.x/b_1/xet-write-token/refs%2Fpr%2F1"),
              is(Kind::write_token, " datasets/A.x/b_1 refs%2Fpr%2F1"));
    EXPECT_EQ(seen(Method::get, "/.siahub/xet-read-token/spaces/a/b/0123"),
              is(Kind::own_read_token, " spaces/a/b 0123"));
    EXPECT_EQ(seen(Method::post, "/a/b.git/info/lfs/objects/batch"),
              is(Kind::lfs_batch, " models/a/b"));
    EXPECT_EQ(seen(Method::post, "/datasets/a/b/info/lfs/objects/batch"),
              is(Kind::lfs_batch, " datasets/a/b"));
    EXPECT_EQ(seen(Method::head, "/a/b/resolve/main/dir/x%20y.bin"),
              is(Kind::resolve, " models/a/b main/dir/x%20y.bin"));
    EXPECT_EQ(seen(Method::get, "/spaces/a/b/resolve/main/app.py"),
              is(Kind::resolve, " spaces/a/b main/app.py"));
    EXPECT_EQ(seen(Method::post, "/api/repos/create"), is(Kind::named_address));
    EXPECT_EQ(seen(Method::post, "/api/models/a/b/commit/main"),
              is(Kind::named_address, " models/a/b main"));
}

TEST(Target, LeavesEverythingElseAlone) {
    for (const auto* path :
         {"/", "", "/api/models/a/b", "/api/models/a/b/xet-read-token/",
          "/api/models/a/b/tree/main", "/api/kernels/a/b/xet-read-token/main",
          "/api/models/a%2Fb/c/xet-read-token/main", "/api/models/../b/xet-read-token/main",
          "/a/b/resolve/main", "/a/resolve/main/x", "/a/b/raw/main/x",
          "/.siahub/xet-read-token/models/a/b/", "/.siahub/other",
          "/.siahub/xet-read-token/kernels/a/b/main", "/api/whoami-v2", "/v1/xorbs/default/0"})
        EXPECT_EQ(seen(Method::get, path), is(Kind::other)) << path;
    EXPECT_EQ(seen(Method::head, "/api/models/a/b/xet-read-token/main"), is(Kind::other));
    EXPECT_EQ(seen(Method::post, "/a/b/resolve/main/x"), is(Kind::other));
    EXPECT_EQ(seen(Method::get, "/a/b.git/info/lfs/objects/batch"), is(Kind::other));
}

}  // namespace
}  // namespace siahub::hf_proxy
