#include "hub/cards.hpp"
#include "hub/names.hpp"

#include <algorithm>
#include <array>

#include <boost/json/array.hpp>

namespace siahub::hub {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxTags = 500;
constexpr std::size_t kMaxTagLength = 200;

// A key of the card whose values become tags, each with this prefix.
struct Rule {
    std::string_view key, prefix;
};

constexpr std::array<Rule, 9> kCommonRules = {{{"tags", ""},
                                               {"language", ""},
                                               {"license", "license:"},
                                               {"library_name", ""},
                                               {"pipeline_tag", ""},
                                               {"datasets", "dataset:"},
                                               {"models", "model:"},
                                               {"arxiv", "arxiv:"},
                                               {"base_model", "base_model:"}}};
constexpr std::array<Rule, 8> kDatasetRules = {{{"language", "language:"},
                                                {"task_categories", "task_categories:"},
                                                {"task_ids", "task_ids:"},
                                                {"size_categories", "size_categories:"},
                                                {"multilinguality", "multilinguality:"},
                                                {"language_creators", "language_creators:"},
                                                {"annotations_creators", "annotations_creators:"},
                                                {"source_datasets", "source_datasets:"}}};

void add_tag(std::vector<std::string>& tags, std::string_view prefix, const json::value& value) {
    std::string tag(prefix);
    if (const auto* text = value.if_string())
        tag += std::string_view(text->data(), text->size());
    else if (const auto* number = value.if_int64())
        tag += std::to_string(*number);
    else
        return;
    if (tag.size() == prefix.size() || tag.size() > kMaxTagLength || tags.size() >= kMaxTags)
        return;
    tags.push_back(std::move(tag));
}

void add_tags(std::vector<std::string>& tags, const json::object& card, const Rule& rule) {
    const auto* value = card.if_contains(rule.key);
    if (value == nullptr) return;
    if (const auto* list = value->if_array())
        for (const auto& item : *list)
            add_tag(tags, rule.prefix, item);
    else
        add_tag(tags, rule.prefix, *value);
}

// "base_model:adapter:x/y" beside "base_model:x/y", when the card says what it did to the base.
void add_base_relation(std::vector<std::string>& tags, const json::object& card) {
    const auto* relation = card.if_contains("base_model_relation");
    if (relation == nullptr || !relation->is_string()) return;
    const auto& word = relation->get_string();
    const auto prefix = "base_model:" + std::string(word.data(), word.size()) + ":";
    add_tags(tags, card, {"base_model", prefix});
}

}  // namespace

std::vector<std::string> card_tags(const json::object& card, RepoKind kind) {
    std::vector<std::string> tags;
    for (const auto& rule : kCommonRules)
        add_tags(tags, card, rule);
    add_base_relation(tags, card);
    if (kind == RepoKind::dataset)
        for (const auto& rule : kDatasetRules)
            add_tags(tags, card, rule);
    if (kind == RepoKind::space) add_tags(tags, card, {"sdk", ""});
    std::ranges::sort(tags);
    const auto twins = std::ranges::unique(tags);
    tags.erase(twins.begin(), twins.end());
    return tags;
}

}  // namespace siahub::hub
