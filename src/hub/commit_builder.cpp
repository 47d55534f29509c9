#include "hub/commit_builder.hpp"

#include "core/encoding.hpp"
#include "git/attributes.hpp"
#include "git/lfs_pointer.hpp"
#include "git/object_id.hpp"
#include "hub/git_paths.hpp"

namespace siahub::hub {
namespace {

constexpr std::string_view kAttributes = ".gitattributes";
constexpr std::string_view kReadme = "README.md";
constexpr std::size_t kLongestLine = 2047;  // git ignores longer ones

Failure no_such_file(std::string_view path) {
    return fail(Code::entry_not_found, "A file with this name doesn't exist: " + std::string(path));
}

std::string_view without_slash(std::string_view path) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

FileInfo pointer_to(const LfsObject& object) {
    const auto text = git::encode_lfs_pointer({object.sha256, object.size});
    return {git::blob_id(as_bytes(text)), object.size, true, object.sha256, object.file_hash};
}

}  // namespace

Task<Result<BuiltCommit>> CommitBuilder::build(const Oid& base,
                                               std::span<const Operation> operations) {
    CO_TRY(co_await check_contents(operations));
    CO_TRY(co_await load_objects(operations));
    TreeEditor editor(trees_, repo_, CO_TRY(co_await trees_.load(repo_, base)));
    for (const auto& operation : operations) {
        Result<void> done;
        if (const auto* file = std::get_if<AddFile>(&operation))
            done = co_await apply(editor, *file);
        else if (const auto* lfs = std::get_if<AddLfs>(&operation))
            done = co_await apply(editor, *lfs);
        else if (const auto* gone = std::get_if<DeleteFile>(&operation))
            done = co_await apply(editor, *gone);
        else
            done = co_await apply(editor, std::get<DeleteFolder>(operation));
        if (!done) co_return std::unexpected(std::move(done).error());
    }
    CO_TRY(co_await track_lfs(editor));
    built_.tree = editor.finish();
    const auto readme = CO_TRY(co_await editor.find(kReadme));
    if (readme && !readme->is_directory()) built_.readme = readme->oid;
    co_return std::move(built_);
}

// A tree must not name bytes that are not there.
Task<Result<void>> CommitBuilder::check_contents(std::span<const Operation> operations) {
    std::vector<Oid> blobs;
    for (const auto& operation : operations)
        if (const auto* add = std::get_if<AddFile>(&operation); add != nullptr && add->blob) {
            blobs.push_back(add->blob->blob);
            built_.bytes += add->blob->size;
        }
    for (const auto& info : CO_TRY(co_await files_.find_many(repo_, blobs)))
        if (!info) co_return fail(Code::internal, "The content of a file was not stored");
    co_return Result<void>{};
}

Task<Result<void>> CommitBuilder::load_objects(std::span<const Operation> operations) {
    std::vector<Sha256> hashes;
    for (const auto& operation : operations)
        if (const auto* add = std::get_if<AddLfs>(&operation); add != nullptr && add->sha256)
            hashes.push_back(*add->sha256);
    for (const auto& object : CO_TRY(co_await files_.find_objects(repo_, hashes)))
        if (object) objects_.emplace(object->sha256, *object);
    co_return Result<void>{};
}

Task<Result<void>> CommitBuilder::apply(TreeEditor& editor, const AddFile& add) {
    std::optional<Oid> blob;
    if (add.blob) blob = add.blob->blob;
    co_return co_await place(editor, add.path, add.old_path, blob);
}

Task<Result<void>> CommitBuilder::apply(TreeEditor& editor, const AddLfs& add) {
    if (!add.sha256) co_return co_await place(editor, add.path, add.old_path, std::nullopt);
    auto object = objects_.find(*add.sha256);
    if (object == objects_.end() && add.size && files_.accepts_foreign_objects())
        object = objects_.emplace(*add.sha256, LfsObject{*add.sha256, *add.size, {}}).first;
    if (object == objects_.end())
        co_return fail(Code::invalid_argument, "The LFS object " + to_hex(*add.sha256) + " of '" +
                                                   add.path +
                                                   "' has not been uploaded to this repository");
    if (add.size && *add.size != object->second.size)
        co_return fail(Code::invalid_argument, "The LFS object " + to_hex(*add.sha256) + " has " +
                                                   std::to_string(object->second.size) +
                                                   " bytes, not " + std::to_string(*add.size));
    const auto pointer = pointer_to(object->second);
    CO_TRY(co_await place(editor, add.path, add.old_path, pointer.blob));
    built_.files.push_back({pointer, std::nullopt});
    built_.bytes += pointer.size;
    lfs_paths_.push_back(add.path);
    co_return Result<void>{};
}

Task<Result<void>> CommitBuilder::apply(TreeEditor& editor, const DeleteFile& remove) {
    const std::string path(without_slash(remove.path));
    CO_TRY(check_path(path));
    if (!CO_TRY(co_await editor.remove(path))) co_return no_such_file(path);
    co_return Result<void>{};
}

Task<Result<void>> CommitBuilder::apply(TreeEditor& editor, const DeleteFolder& remove) {
    const std::string path(without_slash(remove.path));
    CO_TRY(check_path(path));
    const auto entry = CO_TRY(co_await editor.find(path));
    if (!entry || !entry->is_directory()) co_return no_such_file(path);
    CO_TRY(co_await editor.remove(path));
    co_return Result<void>{};
}

// The source of a rename.
Task<Result<PathEntry>> CommitBuilder::take_out(TreeEditor& editor, const std::string& path) {
    CO_TRY(check_path(path));
    const auto entry = CO_TRY(co_await editor.find(path));
    if (!entry) co_return no_such_file(path);
    if (entry->is_directory())
        co_return fail(Code::unprocessable, "Cannot rename '" + path + "': it is a folder");
    CO_TRY(co_await editor.remove(path));
    co_return *entry;
}

Task<Result<void>> CommitBuilder::place(TreeEditor& editor, const std::string& path,
                                        const std::string& old_path, std::optional<Oid> blob) {
    CO_TRY(check_path(path));
    std::optional<PathEntry> before;
    if (!old_path.empty())
        before = CO_TRY(co_await take_out(editor, old_path));
    else
        before = CO_TRY(co_await editor.find(path));
    if (!blob && old_path.empty())
        co_return fail(Code::invalid_argument,
                       "The file '" + path + "' has neither content nor oldPath");
    PathEntry entry{git::kModeFile, blob ? *blob : before->oid};
    if (before && before->mode == git::kModeExecutable) entry.mode = before->mode;
    if (!blob) {
        const auto info = CO_TRY(co_await files_.find(repo_, entry.oid));
        if (info && info->is_lfs) lfs_paths_.push_back(path);
    }
    co_return co_await editor.put(path, entry);
}

Task<Result<void>> CommitBuilder::track_lfs(TreeEditor& editor) {
    if (lfs_paths_.empty()) co_return Result<void>{};
    std::string text;
    PathEntry entry{git::kModeFile, {}};
    if (const auto old = CO_TRY(co_await editor.find(kAttributes))) {
        if (old->is_directory()) co_return Result<void>{};
        auto readable = CO_TRY(co_await files_.readable_text(repo_, old->oid));
        if (!readable) co_return Result<void>{};  // not for the hub to change
        text = *std::move(readable);
        entry = *old;
    }
    const auto rules = git::Attributes::parse(text);
    const auto old_size = text.size();
    std::ranges::sort(lfs_paths_);
    lfs_paths_.erase(std::ranges::unique(lfs_paths_).begin(), lfs_paths_.end());
    for (const auto& path : lfs_paths_) {
        if (rules.is_lfs(path)) continue;
        const auto line = git::lfs_attribute_line(path);
        if (line.size() > kLongestLine || text.size() + line.size() >= kReadableLimit) continue;
        if (!CO_TRY(co_await editor.find(path))) continue;  // deleted again
        if (!text.empty() && !text.ends_with('\n')) text += '\n';
        text += line;
    }
    if (text.size() == old_size) co_return Result<void>{};
    auto row = inline_file(as_bytes(text));
    entry.oid = row.info.blob;
    built_.files.push_back(std::move(row));
    co_return co_await editor.put(kAttributes, entry);
}

}  // namespace siahub::hub
