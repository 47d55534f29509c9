#include "hub/mirrors.hpp"

#include "hub/access.hpp"
#include "hub/listing.hpp"
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

class MirrorsTest : public HubTest {
  protected:
    Mirrors mirrors_{*database_, clock_};
};

TEST_F(MirrorsTest, AreMadeOnceWhateverTheSpelling) {
    EXPECT_FALSE(get(mirrors_.find("hub.example/models/a/b")));
    const auto id = get(mirrors_.open("hub.example/models/a/b"));
    EXPECT_EQ(get(mirrors_.open("HUB.example/models/A/b")), id);
    EXPECT_EQ(get(mirrors_.find("hub.example/models/a/b")), id);
    EXPECT_NE(get(mirrors_.open("hub.example/datasets/a/b")), id);
    EXPECT_NE(get(mirrors_.open("hub.example:8443/models/a/b")), id);
    EXPECT_EQ(code_of(mirrors_.open("a/b")), Code::invalid_argument);
}

TEST_F(MirrorsTest, AreNobodysAndInNoList) {
    const auto alice = caller(add_user("alice"));
    const auto anonymous = get(authenticator_.authenticate(""));
    const auto id = get(mirrors_.open("hub.example/models/alice/b"));
    Access access(*database_);
    Listing listing(*database_);
    for (const auto& who : {alice, anonymous}) {
        EXPECT_EQ(code_of(access.open_repo(id, *who, Need::read)), Code::repo_not_found);
        EXPECT_EQ(code_of(access.open_repo(RepoKind::model, "alice/b", *who, Need::read)),
                  Code::repo_not_found);
        for (const auto kind : {RepoKind::model, RepoKind::dataset, RepoKind::space}) {
            ListQuery query;
            query.kind = kind;
            EXPECT_TRUE(get(listing.list(query, *who)).repos.empty());
        }
    }
}

}  // namespace
}  // namespace siahub::hub
