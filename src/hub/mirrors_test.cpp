#include "hub/mirrors.hpp"

#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

TEST(Mirrors, NamesAreStrict) {
    EXPECT_EQ(mirror_key("Hub.Example:8443/models/Alice/X").value(),
              "hub.example:8443/models/alice/x");
    EXPECT_TRUE(mirror_key("[::1]:80/datasets/a/b"));
    for (const auto* bad :
         {"", "a/b", "h/models/a", "h/models/a/b/c", "h/kernels/a/b", "h/models//b", "h/models/a/",
          "h/models/../b", "h/models/a/b c", "/models/a/b", "h x/models/a/b", "h/models/a%2f/b"})
        EXPECT_FALSE(mirror_key(bad)) << bad;
}

}  // namespace
}  // namespace siahub::hub
