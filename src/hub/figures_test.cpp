#include "hub/figures.hpp"

#include "hub/tag_types.hpp"
#include "hub/test_hub.hpp"
#include "hub/test_objects.hpp"

namespace siahub::hub {
namespace {

constexpr UnixMillis kDay = 24LL * 60 * 60 * 1000;
constexpr UnixMillis kMinute = 60'000;

class FiguresTest : public ObjectsTest {
  protected:
    FiguresTest() {
        add_repo_row(1, "open", RepoKind::model);
        add_repo_row(2, "hidden", RepoKind::model, true);
        add_repo_row(3, "data", RepoKind::dataset);
    }

    HubStats stats() { return *get(figures_.stats()); }

    Figures figures_{*database_, clock_};
};

TEST_F(FiguresTest, CountWhatIsPublicAlone) {
    const auto first = add_xorb(1, {.chunks = 4, .unpacked = 4000, .stored = 3000});
    const auto second = add_xorb(2, {.chunks = 2, .unpacked = 2000, .stored = 1000});
    const auto secret = add_xorb(3, {.chunks = 1, .unpacked = 70'000, .stored = 70'000});
    pin(first, "pinned");
    pin(secret, "pinned");
    add_large_file(1, 11, {{first, 0, 4, 4000}});
    add_large_file(1, 12, {{first, 0, 4, 4000}, {second, 0, 2, 2000}});
    add_large_file(2, 13, {{secret, 0, 1, 70'000}});
    add_large_file(3, 11, {{first, 0, 4, 4000}});
    add_small_file(1, 21, 50);
    add_small_file(2, 22, 60'000);
    const auto counted = stats();
    EXPECT_EQ(counted.models, 1);
    EXPECT_EQ(counted.datasets, 1);
    EXPECT_EQ(counted.spaces, 0);
    EXPECT_EQ(counted.bytes, 4000 + 6000 + 4000 + 50);
    EXPECT_EQ(counted.stored_bytes, 4000);
    EXPECT_EQ(counted.pinned_bytes, 3000);
    EXPECT_EQ(counted.dedup_saved, 14'000 - 6000);
}

TEST_F(FiguresTest, TodayBeginsAtMidnight) {
    const auto midnight = clock_.now() / kDay * kDay;
    log(midnight - 1, "commit", 1);
    log(midnight, "commit", 1);
    log(clock_.now(), "commit", 3);
    log(clock_.now(), "commit", 2);
    log(clock_.now(), "upload", 1);
    sql("INSERT INTO repo_downloads (repo_id, day, count) VALUES (1, $1, 5), (1, $2, 7), (2, $1, "
        "9)",
        {midnight / kDay, midnight / kDay - 1});
    EXPECT_EQ(stats().commits_today, 2);
    EXPECT_EQ(stats().downloads_today, 5);
}

TEST_F(FiguresTest, AreKeptForAMinute) {
    EXPECT_EQ(stats().models, 1);
    add_repo_row(4, "more", RepoKind::model);
    clock_.advance(kMinute - 1);
    EXPECT_EQ(stats().models, 1);
    clock_.advance(1);
    EXPECT_EQ(stats().models, 2);
}

TEST_F(FiguresTest, TagsByTypeOfWhatIsPublic) {
    const auto tag = [&](RowId repo, std::string_view text) {
        sql("INSERT INTO repo_tags (repo_id, tag) VALUES ($1, $2)", {repo, text});
    };
    add_repo_row(4, "more", RepoKind::model);
    for (const auto* text : {"license:mit", "en", "text-generation", "transformers", "my own"})
        tag(1, text);
    tag(4, "license:mit");
    tag(2, "license:secret");
    tag(3, "license:odc-by");
    const auto tags = *get(figures_.tags(RepoKind::model));
    ASSERT_EQ(tags.at("license").size(), 1);
    EXPECT_EQ(tags.at("license")[0].tag, "license:mit");
    EXPECT_EQ(tags.at("license")[0].repos, 2);
    EXPECT_EQ(tags.at("language").at(0).tag, "en");
    EXPECT_EQ(tags.at("pipeline_tag").at(0).tag, "text-generation");
    EXPECT_EQ(tags.at("library").at(0).tag, "transformers");
    EXPECT_EQ(tags.at("other").at(0).tag, "my own");
    EXPECT_TRUE(tags.at("dataset").empty());
    EXPECT_EQ(get(figures_.tags(RepoKind::dataset))->at("license").at(0).tag, "license:odc-by");
}

TEST_F(FiguresTest, SlowOnesLieInTheDatabase) {
    const LongCountRules all_is_slow{.slow_after = std::chrono::milliseconds(-1)};
    const auto xorb = add_xorb(1, {.chunks = 4, .unpacked = 4000, .stored = 3000});
    add_large_file(1, 11, {{xorb, 0, 4, 4000}});
    sql("INSERT INTO repo_tags (repo_id, tag) VALUES (1, 'license:mit')");
    Figures first(*database_, clock_, all_is_slow);
    const auto counted = *get(first.stats());
    EXPECT_EQ(get(first.tags(RepoKind::model))->at("license").at(0).tag, "license:mit");
    sql("DELETE FROM repo_tags");
    sql("DELETE FROM reconstruction_files");
    Figures second(*database_, clock_, all_is_slow);
    clock_.advance(kDay);
    const auto found = *get(second.stats());
    EXPECT_EQ(found.stored_bytes, 3000);
    EXPECT_EQ(found.models, 1);
    EXPECT_EQ(found.counted_at, counted.counted_at);
    EXPECT_EQ(get(second.tags(RepoKind::model))->at("license").at(0).repos, 1);
    get(second.renew());
    EXPECT_EQ(get(second.stats())->stored_bytes, 0);
    EXPECT_TRUE(get(second.tags(RepoKind::model))->at("license").empty());
}

TEST(TagTypes, TheTypeIsWhatTheTagSays) {
    EXPECT_EQ(tag_type("license:mit"), "license");
    EXPECT_EQ(tag_label("license:mit"), "mit");
    EXPECT_EQ(tag_type("base_model:adapter:a/b"), "base_model");
    EXPECT_EQ(tag_label("base_model:adapter:a/b"), "adapter:a/b");
    EXPECT_EQ(tag_type("language:en"), "language");
    EXPECT_EQ(tag_type("de"), "language");
    EXPECT_EQ(tag_type("multilingual"), "language");
    EXPECT_EQ(tag_type("De"), "other");
    EXPECT_EQ(tag_type(":x"), "other");
    EXPECT_EQ(tag_type("http://x"), "http");
    EXPECT_EQ(tag_type(""), "other");
    EXPECT_EQ(tag_type("sentence-transformers"), "library");
    EXPECT_EQ(tag_type("fill-mask"), "pipeline_tag");
}

}  // namespace
}  // namespace siahub::hub
