#include "hub/preupload.hpp"

#include "core/encoding.hpp"
#include "git/attributes.hpp"
#include "git/ignore.hpp"
#include "hub/git_paths.hpp"

namespace siahub::hub {
namespace {

// How many bytes a UTF-8 character with this first byte has; 0 if there is none.
std::size_t character_length(std::byte first) {
    const auto value = std::to_integer<unsigned>(first);
    if (value < 0x80) return 1;
    if (value >= 0xC2 && value < 0xE0) return 2;
    if (value >= 0xE0 && value < 0xF0) return 3;
    if (value >= 0xF0 && value < 0xF5) return 4;
    return 0;
}

// Without a last character that the end of the sample cut off.
ByteView whole_characters(ByteView text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto length = character_length(text[text.size() - back]);
        if (length > back) return text.first(text.size() - back);
        if (length > 0) return text;
    }
    return text;
}

bool has_wide_mark(std::string_view text) {
    using namespace std::string_view_literals;
    return text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv) ||
           text.starts_with("\0\0\xFE\xFF"sv);
}

bool goes_to_lfs(const PreuploadFile& file, const git::Attributes& attributes) {
    if (file.size == 0) return false;
    return attributes.is_lfs(file.path) || file.size > kLargestRegularFile ||
           looks_binary(file.sample);
}

}  // namespace

bool looks_binary(ByteView sample) {
    const auto text = as_chars(sample);
    if (has_wide_mark(text)) return false;
    return text.contains('\0') || !is_valid_utf8(as_chars(whole_characters(sample)));
}

// The text of a rules file at the root; empty when there is none.
Task<Result<std::string>> Preupload::rules_text(RowId repo, const Oid& tree,
                                                std::string_view path) {
    const auto entry = CO_TRY(co_await trees_.find(repo, tree, path));
    if (!entry || entry->is_directory()) co_return std::string();
    auto text = CO_TRY(co_await files_.readable_text(repo, entry->oid));
    co_return std::move(text).value_or("");
}

Task<Result<std::vector<std::string>>> Preupload::current_ids(
    RowId repo, const Oid& tree, std::span<const PreuploadFile> files) {
    std::vector<std::string> ids(files.size());
    std::vector<std::size_t> indices;
    std::vector<Oid> blobs;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto entry = CO_TRY(co_await trees_.find(repo, tree, files[i].path));
        if (!entry || entry->is_directory()) continue;
        indices.push_back(i);
        blobs.push_back(entry->oid);
    }
    const auto infos = CO_TRY(co_await files_.find_many(repo, blobs));
    for (std::size_t i = 0; i < infos.size(); ++i)
        if (infos[i])
            ids[indices[i]] = infos[i]->is_lfs ? to_hex(infos[i]->sha256) : infos[i]->blob.hex();
    co_return ids;
}

Task<Result<std::vector<PreuploadVerdict>>> Preupload::classify(
    RowId repo, const Revision& head, std::span<const PreuploadFile> files, PreuploadRules rules) {
    for (const auto& file : files)
        CO_TRY(check_path(file.path));
    std::string own_ignore;
    std::string own_attributes;
    if (!rules.gitignore) {
        own_ignore = CO_TRY(co_await rules_text(repo, head.tree, ".gitignore"));
        rules.gitignore = own_ignore;
    }
    if (!rules.gitattributes) {
        own_attributes = CO_TRY(co_await rules_text(repo, head.tree, ".gitattributes"));
        rules.gitattributes = own_attributes;
    }
    const auto ignore = git::IgnoreRules::parse(*rules.gitignore);
    const auto attributes = git::Attributes::parse(*rules.gitattributes);
    auto ids = CO_TRY(co_await current_ids(repo, head.tree, files));
    std::vector<PreuploadVerdict> verdicts;
    verdicts.reserve(files.size());
    for (std::size_t i = 0; i < files.size(); ++i)
        verdicts.push_back(
            {goes_to_lfs(files[i], attributes), ignore.ignores(files[i].path), std::move(ids[i])});
    co_return verdicts;
}

}  // namespace siahub::hub
