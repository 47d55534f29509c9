#include "hub/pack_plan.hpp"

#include "hub/test_repo.hpp"

#include <algorithm>

namespace siahub::hub {
namespace {

class PackPlanTest : public RepoTest {
  protected:
    PackPlanTest() {
        second_ = committed({add("a/one.txt", "1"), add("b/two.txt", "2")});
        third_ = committed({add("a/one.txt", "changed")});
        fourth_ = committed({add("c.txt", "3")});
    }

    PackPlan plan(const git::Fetch& fetch) {
        PackPlanner planner(history_, trees_, repo_.id);
        const auto common = get(planner.common(fetch.haves));
        return get(planner.plan(fetch, common));
    }
    PackPlan plan(std::vector<Oid> wants, std::vector<Oid> haves, std::int64_t depth = 0,
                  std::vector<Oid> shallow = {}) {
        git::Fetch fetch;
        fetch.wants = std::move(wants);
        fetch.haves = std::move(haves);
        fetch.depth = depth;
        fetch.shallow = std::move(shallow);
        return plan(fetch);
    }

    Oid second_, third_, fourth_;
};

using Oids = std::vector<Oid>;

TEST_F(PackPlanTest, SendsAllToWhoHasNothing) {
    const auto all = plan({fourth_}, {});
    EXPECT_EQ(all.commits, (Oids{fourth_, third_, second_, root_}));
    EXPECT_EQ(all.trees.size(), 4U + 3U) << "four roots, a twice, b once";
    EXPECT_EQ(all.blobs.size(), 5U);
    EXPECT_TRUE(all.shallow.empty());
}

TEST_F(PackPlanTest, SendsWhatIsNewToWhoHasTheRest) {
    const auto news = plan({fourth_}, {second_});
    EXPECT_EQ(news.commits, (Oids{fourth_, third_}));
    EXPECT_EQ(news.trees.size(), 3U) << "two roots, and a";
    EXPECT_EQ(news.blobs.size(), 2U);
    EXPECT_EQ(plan({fourth_}, {fourth_}).size(), 0U);
    EXPECT_EQ(plan({second_}, {fourth_}).size(), 0U) << "it has that, too";
}

TEST_F(PackPlanTest, KnowsWhereBranchesParted) {
    get(refs_.create_branch(repo_, {.name = "dev", .starting_point = second_.hex()}, kAlice));
    const auto dev = committed({add("dev.txt", "d")}, "dev");
    const auto news = plan({fourth_}, {dev});
    EXPECT_EQ(news.commits, (Oids{fourth_, third_}));
    EXPECT_EQ(news.blobs.size(), 2U);
    EXPECT_EQ(plan({fourth_, dev}, {}).commits.size(), 5U);
}

TEST_F(PackPlanTest, StopsAtTheDepthThatWasAskedFor) {
    const auto one = plan({fourth_}, {}, 1);
    EXPECT_EQ(one.commits, Oids{fourth_});
    EXPECT_EQ(one.shallow, Oids{fourth_});
    EXPECT_EQ(one.blobs.size(), 4U);
    const auto whole = plan({fourth_}, {}, 100);
    EXPECT_EQ(whole.commits.size(), 4U);
    EXPECT_TRUE(whole.shallow.empty());
}

TEST_F(PackPlanTest, DeepensAndGoesOn) {
    const auto deeper = plan({fourth_}, {fourth_}, 3, {fourth_});
    EXPECT_EQ(deeper.commits, (Oids{third_, second_}));
    EXPECT_EQ(deeper.shallow, Oids{second_});
    EXPECT_EQ(deeper.unshallow, Oids{fourth_});
    const auto all = plan({fourth_}, {fourth_}, 1'000'000, {fourth_});
    EXPECT_EQ(all.commits, (Oids{third_, second_, root_}));
    EXPECT_TRUE(all.shallow.empty());
    const auto fifth = committed({add("d.txt", "4")});
    const auto news = plan({fifth}, {fourth_}, 0, {fourth_});
    EXPECT_EQ(news.commits, Oids{fifth}) << "its boundary stays where it was";
}

TEST_F(PackPlanTest, NamesAWantThatIsNotThere) {
    PackPlanner planner(history_, trees_, repo_.id);
    git::Fetch fetch;
    fetch.wants = {*Oid::parse("1111111111111111111111111111111111111111")};
    EXPECT_EQ(code_of(planner.plan(fetch, {})), Code::revision_not_found);
    EXPECT_TRUE(get(planner.common(fetch.wants)).empty());
}

}  // namespace
}  // namespace siahub::hub
