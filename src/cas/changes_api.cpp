#include "cas/changes_api.hpp"

#include "cas/refs_api.hpp"
#include "cas/revision.hpp"
#include "hub/changes.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

std::string_view name_of(hub::FileChange::Status status) {
    switch (status) {
        case hub::FileChange::Status::added:
            return "added";
        case hub::FileChange::Status::modified:
            return "modified";
        case hub::FileChange::Status::deleted:
            return "deleted";
    }
    return "modified";
}

json::value size_json(const std::optional<hub::FileInfo>& file) {
    if (!file) return nullptr;
    return file->size;
}

json::value chunks_json(const std::optional<store::NewChunks>& chunks) {
    if (!chunks) return nullptr;
    return json::object{
        {"total", chunks->total}, {"new", chunks->fresh}, {"newBytes", chunks->fresh_bytes}};
}

json::object file_json(const hub::FileChange& file) {
    const auto& shown = file.after ? file.after : file.before;
    json::object object{{"path", file.path},
                        {"status", name_of(file.status)},
                        {"oldSize", size_json(file.before)},
                        {"newSize", size_json(file.after)},
                        {"lfs", shown && shown->is_lfs},
                        {"chunks", chunks_json(file.chunks)},
                        {"diff", nullptr},
                        {"binary", file.binary}};
    if (file.diff) object["diff"] = *file.diff;
    return object;
}

}  // namespace

Answer commit_changes(RepoCall& call) {
    const auto revision = CO_TRY(co_await locate_revision(call));
    const auto changes = CO_TRY(co_await call.services.changes.of(call.repo.id, revision.commit));
    json::array files;
    for (const auto& file : changes.files)
        files.push_back(file_json(file));
    json::value parent;
    if (changes.commit.parent) parent = json::string(changes.commit.parent->hex());
    co_return json_response(
        json::serialize(json::object{{"commit", commit_json(changes.commit, false)},
                                     {"parent", std::move(parent)},
                                     {"files", std::move(files)},
                                     {"truncated", changes.truncated}}));
}

}  // namespace siahub::cas
