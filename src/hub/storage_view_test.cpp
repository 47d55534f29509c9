#include "hub/storage_view.hpp"

#include "hub/listing.hpp"
#include "hub/test_objects.hpp"
#include "store/durability.hpp"

namespace siahub::hub {
namespace {

constexpr RowId kOpen = 1;
constexpr RowId kHidden = 2;
constexpr RowId kOther = 3;

class StorageViewTest : public ObjectsTest {
  protected:
    StorageViewTest() {
        stranger_ = caller(add_user("stranger"));
        insider_ = caller(owner());
        add_repo_row(kOpen, "open", RepoKind::model);
        add_repo_row(kHidden, "hidden", RepoKind::model, true);
        add_repo_row(kOther, "other", RepoKind::dataset);
        a_ = add_xorb(1, {.chunks = 10, .unpacked = 10'000, .stored = 5000});
        b_ = add_xorb(2, {.chunks = 4, .unpacked = 4000, .stored = 4000});
        c_ = add_xorb(3, {.chunks = 2, .unpacked = 2000, .stored = 1000});
        add_body(a_);
        pin(b_, "pinned");
        pin(c_, "uploading", "host is away");
        add_large_file(kOpen, 1, {{a_, 0, 5, 5000}, {b_, 0, 4, 4000}});
        add_large_file(kOpen, 2, {{a_, 0, 5, 5000}, {c_, 0, 2, 2000}});
        add_large_file(kHidden, 3, {{c_, 0, 2, 2000}});
        add_large_file(kOther, 1, {{a_, 0, 5, 5000}, {b_, 0, 4, 4000}});
        add_small_file(kOpen, 9, 30);
    }

    StorageSummary summary(RowId repo, const Caller& who) { return get(view_.summary(repo, who)); }
    static std::vector<std::string> repos(const XorbEntry& entry) {
        std::vector<std::string> ids;
        for (const auto& repo : entry.repos)
            ids.push_back(repo.kind + " " + repo.id);
        return ids;
    }

    CallerPtr stranger_, insider_;
    xet::Hash a_, b_, c_;
    StorageView view_{*database_, clock_};
};

TEST_F(StorageViewTest, SumsUpWhatARepositoryUses) {
    const auto sums = summary(kOpen, *stranger_);
    EXPECT_EQ(sums.files, 3);
    EXPECT_EQ(sums.bytes, 9000 + 7000 + 30);
    EXPECT_EQ(sums.xorbs, 3);
    EXPECT_EQ(sums.stored, 2500 + 4000 + 1000) << "what lies in the database is no xorb's";
    EXPECT_EQ(sums.dedup_saved, 16'000 - 11'000);
    EXPECT_EQ(sums.pinned, 4000);
    EXPECT_EQ(sums.inline_files, 1);
    EXPECT_EQ(sums.inline_bytes, 30);
    const auto empty = summary(99, *stranger_);
    EXPECT_EQ(empty.bytes + empty.stored + empty.xorbs, 0);
}

TEST_F(StorageViewTest, WhatIsPrivateIsSharedWithNobodyElsesEyes) {
    EXPECT_EQ(summary(kOpen, *stranger_).shared, 2500 + 4000);
    EXPECT_EQ(summary(kOpen, *insider_).shared, 2500 + 4000 + 1000);
    EXPECT_EQ(get(view_.deletion(kOpen, *stranger_)).frees, 1000 + 30);
    EXPECT_EQ(get(view_.deletion(kOpen, *insider_)).frees, 30);
    const std::array all{a_, b_, c_};
    const auto seen = get(view_.describe(all, kOpen, *stranger_));
    EXPECT_EQ(repos(seen[0]),
              (std::vector<std::string>{"dataset owner/other", "model owner/open"}));
    EXPECT_EQ(repos(seen[2]), (std::vector<std::string>{"model owner/open"}));
    EXPECT_EQ(repos(get(view_.describe(all, kOpen, Caller{}))[2]),
              (std::vector<std::string>{"model owner/open"}));
    EXPECT_EQ(repos(get(view_.describe(all, kOpen, *insider_))[2]),
              (std::vector<std::string>{"model owner/hidden", "model owner/open"}));
}

TEST_F(StorageViewTest, MembersSeeTheirOrganisationsPrivateRepositories) {
    const auto member = add_user("member");
    const auto org = add_org("club", {{"member", OrgRole::read}});
    add_repo_row(7, "secret", RepoKind::model, true, "club", org);
    add_large_file(7, 3, {{c_, 0, 2, 2000}});
    const std::array one{c_};
    EXPECT_EQ(get(view_.describe(one, kOpen, *caller(member)))[0].repos.size(), 2);
    EXPECT_EQ(get(view_.describe(one, kOpen, *stranger_))[0].repos.size(), 1);
}

TEST_F(StorageViewTest, DescribesXorbs) {
    const std::array all{a_, hash_of('?', 1), c_};
    const auto seen = get(view_.describe(all, kOpen, *stranger_));
    ASSERT_EQ(seen.size(), 2);
    EXPECT_EQ(seen[0].state, "local");
    EXPECT_TRUE(seen[0].local);
    EXPECT_EQ(seen[0].files, 2);
    EXPECT_EQ(seen[0].used, 5000);
    EXPECT_EQ(seen[0].chunks, 10);
    EXPECT_EQ(seen[1].state, "uploading");
    EXPECT_FALSE(seen[1].local);
    EXPECT_EQ(seen[1].last_error, "host is away");
    EXPECT_EQ(seen[1].files, 1);
}

TEST_F(StorageViewTest, PagesAreTheWhole) {
    std::vector<xet::Hash> found;
    std::optional<xet::Hash> after;
    do {
        const auto page = get(view_.xorbs(kOpen, *stranger_, after, 2));
        for (const auto& entry : page.xorbs)
            found.push_back(entry.xorb);
        after = page.next;
    } while (after);
    EXPECT_EQ(found, (std::vector{a_, b_, c_}));
}

TEST_F(StorageViewTest, AssetsAreThoseOfTheWholeHub) {
    const auto states = [&](std::string_view state) {
        return get(view_.assets(state, *stranger_, std::nullopt, 10)).xorbs.size();
    };
    EXPECT_EQ(states(""), 3);
    EXPECT_EQ(states("pinned"), 1);
    EXPECT_EQ(states("local"), 1);
    EXPECT_EQ(states("stored"), 0);
    EXPECT_EQ(get(view_.asset_count("")).total, 3);
    EXPECT_EQ(get(view_.asset_count("uploading")).total, 1);
    EXPECT_EQ(get(view_.asset_count("")).counted_at, clock_.now());
    const auto first = get(view_.assets("", *stranger_, std::nullopt, 1));
    EXPECT_EQ(get(view_.assets("", *stranger_, first.next, 10)).xorbs.size(), 2);
    EXPECT_EQ(first.xorbs.at(0).files, 2);
}

TEST_F(StorageViewTest, ManyRepositoriesAreCutOff) {
    for (RowId id = 100; id < 130; ++id) {
        add_repo_row(id, "copy" + std::to_string(id), RepoKind::model);
        add_large_file(id, 1, {{a_, 0, 5, 5000}, {b_, 0, 4, 4000}});
    }
    const std::array one{a_};
    const auto seen = get(view_.describe(one, kOpen, *stranger_));
    EXPECT_EQ(seen[0].repos.size(), XorbEntry::kMostRepos);
    EXPECT_TRUE(seen[0].more_repos);
}

TEST_F(StorageViewTest, ListsAreFilteredByDurability) {
    const auto names = [&](Listing& listing, Durability durability, RepoKind kind) {
        std::vector<RowId> ids;
        const auto page = get(listing.list({.kind = kind, .durability = durability}, *insider_));
        for (const auto& listed : page.repos)
            ids.push_back(listed.repo.id);
        std::ranges::sort(ids);
        return ids;
    };
    add_repo_row(8, "empty", RepoKind::model);
    add_repo_row(9, "safe", RepoKind::model);
    add_large_file(9, 5, {{b_, 0, 4, 4000}});
    Listing before(*database_);
    EXPECT_EQ(names(before, Durability::pinned, RepoKind::model), std::vector<RowId>{});
    EXPECT_FALSE(get(store::Durability(*database_).settle()));
    for (const std::size_t few : {1000UL, 0UL}) {
        Listing listing(*database_, few);
        EXPECT_EQ(names(listing, Durability::pinned, RepoKind::model), (std::vector<RowId>{9}));
        EXPECT_EQ(names(listing, Durability::local, RepoKind::model),
                  (std::vector<RowId>{kOpen, kHidden}));
        EXPECT_EQ(names(listing, Durability::pinned, RepoKind::dataset), std::vector<RowId>{});
    }
}

}  // namespace
}  // namespace siahub::hub
