#include "hub/cards.hpp"
#include "hub/front_matter.hpp"

#include <algorithm>
#include <array>

#include <boost/json/array.hpp>

namespace siahub::hub {
namespace {

namespace json = boost::json;

// Keys that are one piece of text, or a list of such.
constexpr std::array<std::string_view, 4> kTexts = {"license", "library_name", "pipeline_tag",
                                                    "license_name"};
constexpr std::array<std::string_view, 9> kTextLists = {
    "tags",     "language",        "datasets",       "metrics", "base_model", "task_categories",
    "task_ids", "size_categories", "source_datasets"};

bool is_text_list(const json::value& value) {
    if (value.is_string() || value.is_null()) return true;
    const auto* list = value.if_array();
    return list != nullptr && std::ranges::all_of(*list, [](const json::value& item) {
               return item.is_string() || item.is_number() || item.is_bool() || item.is_null();
           });
}

void check_model_index(const json::object& card, CardReport& report) {
    const auto* index = card.if_contains("model-index");
    if (index == nullptr || index->is_null()) return;
    const auto* models = index->if_array();
    if (models == nullptr) {
        report.errors.emplace_back("\"model-index\" must be an array");
        return;
    }
    for (std::size_t i = 0; i < models->size(); ++i) {
        const auto where = "\"model-index[" + std::to_string(i) + "]";
        const auto* model = (*models)[i].if_object();
        if (model == nullptr) {
            report.errors.push_back(where + "\" must be an object");
            continue;
        }
        const auto* name = model->if_contains("name");
        if (name == nullptr || !name->is_string())
            report.errors.push_back(where + ".name\" is required and must be a string");
        const auto* results = model->if_contains("results");
        if (results == nullptr || !results->is_array())
            report.errors.push_back(where + ".results\" is required and must be an array");
    }
}

void check_space(const json::object& card, CardReport& report) {
    const auto* sdk = card.if_contains("sdk");
    if (sdk == nullptr) return;
    const auto* word = sdk->if_string();
    if (word == nullptr || !is_space_sdk({word->data(), word->size()}))
        report.errors.emplace_back("\"sdk\" must be one of [gradio, streamlit, docker, static]");
}

void check_types(const json::object& card, CardReport& report) {
    for (const auto key : kTexts) {
        const auto* value = card.if_contains(key);
        if (value != nullptr && !is_text_list(*value))
            report.errors.push_back("\"" + std::string(key) + "\" must be a string");
    }
    for (const auto key : kTextLists) {
        const auto* value = card.if_contains(key);
        if (value != nullptr && !is_text_list(*value))
            report.errors.push_back("\"" + std::string(key) +
                                    "\" must be a string or an array of strings");
    }
}

}  // namespace

bool is_space_sdk(std::string_view word) {
    return word == "gradio" || word == "streamlit" || word == "docker" || word == "static";
}

CardReport validate_card(std::string_view readme, RepoKind kind) {
    CardReport report;
    const auto card = parse_front_matter(readme);
    if (!card) {
        report.errors.push_back(card.error().message);
        return report;
    }
    if (card->empty()) {
        report.warnings.emplace_back("empty or missing yaml metadata in repo card");
        return report;
    }
    check_types(*card, report);
    if (kind == RepoKind::model) check_model_index(*card, report);
    if (kind == RepoKind::space) check_space(*card, report);
    return report;
}

}  // namespace siahub::hub
