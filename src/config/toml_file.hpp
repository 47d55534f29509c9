#pragma once
// A TOML file as flat entries: tables become dotted keys, a list becomes its texts separated by
// commas, tables of one name are numbered ("oauth.0.id"). What a key means is not known here.
// Errors: invalid_argument with file, line and cause; not_found when there is no such file.

#include "core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::config {

struct FileEntry {
    std::string key;
    std::string text;
    std::size_t line = 0;
};

Result<std::vector<FileEntry>> read_toml(const std::filesystem::path& file);
// `name` is the file's in errors.
Result<std::vector<FileEntry>> parse_toml(std::string_view text, std::string_view name);

}  // namespace siahub::config
