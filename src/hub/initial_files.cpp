#include "hub/initial_files.hpp"

#include "git/default_attributes.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>

namespace siahub::hub {
namespace {

constexpr std::size_t kMaxLicense = 64;

std::string default_gitattributes(RepoKind kind) {
    return kind == RepoKind::dataset ? git::default_dataset_attributes()
                                     : git::default_model_attributes();
}

bool is_license_id(std::string_view license) {
    return license.size() <= kMaxLicense && std::ranges::all_of(license, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == '_' || c == '+';
           });
}

std::string default_readme(const NewRepo& repo) {
    std::string text = "---\n";
    if (repo.kind == RepoKind::space) {
        // A JSON string is a YAML string whatever the name looks like.
        text += "title: " + boost::json::serialize(boost::json::string(repo.name)) + "\n";
        text += "colorFrom: blue\ncolorTo: green\nsdk: " + repo.sdk + "\npinned: false\n";
    }
    if (!repo.license.empty())
        text += "license: " + boost::json::serialize(boost::json::string(repo.license)) + "\n";
    return text + "---\n";
}

InitialFile text_file(std::string path, std::string_view text) {
    const auto bytes = as_bytes(text);
    return {std::move(path), Bytes(bytes.begin(), bytes.end())};
}

}  // namespace

Result<std::vector<InitialFile>> initial_files(NewRepo repo) {
    if (!is_license_id(repo.license))
        return fail(Code::invalid_argument, "license: an identifier such as apache-2.0");
    auto files = std::move(repo.files);
    std::ranges::sort(files, {}, &InitialFile::path);
    const auto twin = std::ranges::adjacent_find(files, {}, &InitialFile::path);
    if (twin != files.end())
        return fail(Code::invalid_argument,
                    "files: the path \"" + twin->path + "\" is given twice");
    const auto has = [&files](std::string_view path) {
        return std::ranges::find(files, path, &InitialFile::path) != files.end();
    };
    if (!has(".gitattributes"))
        files.push_back(text_file(".gitattributes", default_gitattributes(repo.kind)));
    if ((repo.kind == RepoKind::space || !repo.license.empty()) && !has("README.md"))
        files.push_back(text_file("README.md", default_readme(repo)));
    return files;
}

}  // namespace siahub::hub
