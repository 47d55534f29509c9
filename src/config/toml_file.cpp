#include "config/toml_file.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace siahub::config {
namespace {

Failure refuse(std::string_view name, const toml::source_region& where, std::string_view why) {
    return fail(Code::invalid_argument, fmt::format("{} line {}: {}", name, where.begin.line, why));
}

Result<std::string> scalar_text(std::string_view name, const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
    if (const auto* truth = node.as_boolean()) return std::string(truth->get() ? "true" : "false");
    return refuse(name, node.source(), "dates and nested lists mean nothing here");
}

Result<std::string> list_text(std::string_view name, const toml::array& list) {
    std::string text;
    for (const auto& element : list) {
        auto part = TRY(scalar_text(name, element));
        if (part.contains(','))
            return refuse(name, element.source(), "an element of a list may have no comma");
        text += (text.empty() ? "" : ",") + part;
    }
    return text;
}

Result<void> flatten(std::string_view name, const toml::table& table, const std::string& prefix,
                     std::vector<FileEntry>& into) {
    for (const auto& [key, node] : table) {
        const auto full = prefix + std::string(key.str());
        if (const auto* inner = node.as_table()) {
            TRY(flatten(name, *inner, full + ".", into));
            continue;
        }
        const auto* list = node.as_array();
        // [[name]]: "name.0.key", "name.1.key"
        if (list != nullptr && !list->empty() && list->is_array_of_tables()) {
            for (std::size_t i = 0; i < list->size(); ++i)
                TRY(flatten(name, *(*list)[i].as_table(), fmt::format("{}.{}.", full, i), into));
            continue;
        }
        auto text = list != nullptr ? TRY(list_text(name, *list)) : TRY(scalar_text(name, node));
        into.push_back({full, std::move(text), node.source().begin.line});
    }
    return {};
}

}  // namespace

// Debian's library is built to throw.
Result<std::vector<FileEntry>> parse_toml(std::string_view text, std::string_view name) {
    try {
        const auto table = toml::parse(text);
        std::vector<FileEntry> entries;
        TRY(flatten(name, table, "", entries));
        return entries;
    } catch (const toml::parse_error& error) {
        return refuse(name, error.source(), error.description());
    }
}

Result<std::vector<FileEntry>> read_toml(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) return fail(Code::not_found, fmt::format("cannot read {}", file.string()));
    std::ostringstream text;
    text << in.rdbuf();
    return parse_toml(text.str(), file.string());
}

}  // namespace siahub::config
