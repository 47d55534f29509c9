#include "hub/cards.hpp"

#include "hub/front_matter.hpp"
#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

std::string readme(std::string_view yaml) {
    return "---\n" + std::string(yaml) + "\n---\n# Text\n";
}

std::vector<std::string> tags_of(std::string_view yaml, RepoKind kind = RepoKind::model) {
    return card_tags(parse_front_matter(readme(yaml)).value(), kind);
}

using Texts = std::vector<std::string>;

TEST(CardCheck, AReadmeWithoutFrontMatterIsWarnedAbout) {
    for (const auto* text : {"# Title\n", "", "---\n---\n", "---\nnever closed\n"}) {
        const auto report = validate_card(text, RepoKind::model);
        EXPECT_TRUE(report.errors.empty()) << text;
        EXPECT_EQ(report.warnings, Texts{"empty or missing yaml metadata in repo card"}) << text;
    }
}

TEST(CardCheck, AGoodCardIsGood) {
    const auto report = validate_card(
        readme("license: mit\ntags: [a, b]\nlanguage: no\nmodel-index:\n- name: x\n  results: []"),
        RepoKind::model);
    EXPECT_TRUE(report.errors.empty());
    EXPECT_TRUE(report.warnings.empty());
}

TEST(CardCheck, FaultsAreErrors) {
    const auto errors = [](std::string_view yaml, RepoKind kind = RepoKind::model) {
        return validate_card("\n" + readme(yaml), kind).errors;
    };
    EXPECT_EQ(errors("model-index: foo"), Texts{"\"model-index\" must be an array"});
    EXPECT_EQ(errors("model-index: [foo]"), Texts{"\"model-index[0]\" must be an object"});
    EXPECT_EQ(errors("model-index: [{}]").size(), 2U);
    EXPECT_EQ(errors("a: [").size(), 1U);
    EXPECT_EQ(errors("- a").size(), 1U);
    EXPECT_EQ(errors("tags: {a: b}"), Texts{"\"tags\" must be a string or an array of strings"});
    EXPECT_EQ(errors("license: {a: b}").size(), 1U);
    EXPECT_EQ(errors("sdk: flask", RepoKind::space),
              Texts{"\"sdk\" must be one of [gradio, streamlit, docker, static]"});
    EXPECT_TRUE(errors("sdk: docker", RepoKind::space).empty());
    EXPECT_TRUE(errors("model-index: foo", RepoKind::dataset).empty());
}

TEST(CardTags, OfAModel) {
    EXPECT_EQ(tags_of("license: apache-2.0\nlibrary_name: transformers\npipeline_tag: fill-mask\n"
                      "language: [en, de]\ntags: [bert, en]\ndatasets: [a/b, c]\n"
                      "arxiv: 1810.04805\nbase_model: x/y\nbase_model_relation: adapter"),
              (Texts{"base_model:adapter:x/y", "base_model:x/y", "bert", "dataset:a/b", "dataset:c",
                     "de", "en", "fill-mask", "license:apache-2.0", "transformers"}));
}

TEST(CardTags, OfADatasetAndASpace) {
    EXPECT_EQ(tags_of("language: en\ntask_categories: [t]\nsize_categories: ['1K<n<10K']",
                      RepoKind::dataset),
              (Texts{"en", "language:en", "size_categories:1K<n<10K", "task_categories:t"}));
    EXPECT_EQ(tags_of("sdk: gradio\nmodels: [a/b]", RepoKind::space),
              (Texts{"gradio", "model:a/b"}));
}

TEST(CardTags, OddValuesAreLeftOut) {
    EXPECT_EQ(tags_of("tags: [a, '', {x: 1}, [b], null, 5, true]\nlicense: ~"), (Texts{"5", "a"}));
    EXPECT_EQ(tags_of("tags: ['" + std::string(300, 'x') + "']"), Texts{});
    std::string many = "tags: [";
    for (int i = 0; i < 2000; ++i)
        many += "t" + std::to_string(i) + ", ";
    EXPECT_EQ(tags_of(many + "]").size(), 500U);
}

class RefreshCardTest : public HubTest {
  protected:
    void SetUp() override {
        repo_.id = 7;
        repo_.kind = RepoKind::space;
        repo_.ns = "a";
        repo_.name = "b";
        add_repo(repo_, 1);
    }
    static Task<Result<void>> refresh_once(db::Database& database, const Repo& repo,
                                           std::optional<std::string_view> text) {
        auto tx = CO_TRY(co_await database.begin());
        CO_TRY(co_await refresh_card(*tx, repo.id, repo.kind, text));
        co_return co_await tx->commit();
    }
    void refresh(std::optional<std::string> text) { get(refresh_once(*database_, repo_, text)); }
    std::string card() {
        get(load_card(*database_, repo_));
        return repo_.card;
    }
    std::int64_t tag_count() { return sql("SELECT count(*) FROM repo_tags")[0].integer(0); }
    std::string sdk() { return sql("SELECT sdk FROM repos")[0].text(0); }

    Repo repo_;
};

TEST_F(RefreshCardTest, FollowsTheReadme) {
    refresh(readme("sdk: docker\ntags: [x, y]"));
    EXPECT_EQ(card(), R"({"sdk":"docker","tags":["x","y"]})");
    EXPECT_EQ(tag_count(), 3);
    EXPECT_EQ(sdk(), "docker");
    refresh(readme("sdk: nonsense\ntags: z"));
    EXPECT_EQ(tag_count(), 2);
    EXPECT_EQ(sdk(), "docker");
    refresh(readme("broken: ["));
    EXPECT_EQ(card(), "{}");
    EXPECT_EQ(tag_count(), 0);
    refresh(readme("model-index: [1, 2]"));
    EXPECT_EQ(card(), R"({"model-index":[1,2]})");
    refresh(readme("model-index: [1]\nb: 2"));
    EXPECT_EQ(card(), R"({"b":2,"model-index":[1]})");
    refresh(readme("a: 1"));
    EXPECT_EQ(card(), R"({"a":1})");
    refresh(std::nullopt);
    EXPECT_EQ(card(), "{}");
}

}  // namespace
}  // namespace siahub::hub
