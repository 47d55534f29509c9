#include "backup/source.hpp"

#include "backup/backup_folder.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace siahub::backup {
namespace {

Failure damaged(const std::filesystem::path& file, std::string_view why) {
    return fail(Code::unprocessable,
                fmt::format("The backup is damaged: {} {}", file.string(), why));
}

std::vector<const FileEntry*> files_of(const Manifest& manifest) {
    std::vector<const FileEntry*> files{&manifest.absent.file};
    files.reserve(1 + manifest.tables.size() + manifest.secrets.size());
    for (const auto& table : manifest.tables)
        files.push_back(&table.file);
    for (const auto& secret : manifest.secrets)
        files.push_back(&secret);
    return files;
}

}  // namespace

Source::Source(std::filesystem::path root, Manifest manifest, Lock lock)
    : root_(std::move(root)),
      manifest_(std::move(manifest)),
      lock_(std::move(lock)),
      body_folder_(root_ / "bodies", root_ / "tmp") {}

Result<std::unique_ptr<Source>> Source::open(const std::filesystem::path& root,
                                             Progress& progress) {
    if (!std::filesystem::is_directory(root))
        return fail(Code::not_found, "There is no backup " + root.string());
    Lock lock;
    if (const auto mark = root / kBackupMark; std::filesystem::exists(mark))
        lock = TRY(lock_path(mark, LockKind::shared,
                             "A backup writes to " + root.string() + " right now"));
    auto manifest = TRY(read_manifest(root));
    auto source = std::make_unique<Source>(root, std::move(manifest), std::move(lock));
    TRY(source->check_schema());
    TRY(source->check_files(progress));
    TRY(source->list());
    return source;
}

std::uint64_t Source::present_bytes() const {
    return std::accumulate(present_.begin(), present_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const Body& body) { return sum + body.size; });
}

std::filesystem::path Source::file(const FileEntry& entry) const {
    return root_ / manifest_.folder() / entry.name;
}

Result<void> Source::each_row(const TableEntry& table, const db::RowSink& sink) const {
    auto reader = TRY(RowReader::open(file(table.file), table.shape));
    std::vector<db::Value> row;
    std::uint64_t rows = 0;
    for (; TRY(reader.next(row)); ++rows)
        TRY(sink(row));
    if (rows != table.rows)
        return damaged(file(table.file),
                       fmt::format("has {} rows instead of {}", rows, table.rows));
    return {};
}

Result<void> Source::check_schema() const {
    if (manifest_.schema_version > db::newest_schema_version())
        return fail(Code::invalid_argument,
                    fmt::format("The backup has schema version {}, this siahub knows only up to "
                                "{}. Restore it with siahub {} or a newer one",
                                manifest_.schema_version, db::newest_schema_version(),
                                manifest_.hub_version));
    std::vector<db::TableShape> tables;
    tables.reserve(manifest_.tables.size());
    for (const auto& table : manifest_.tables)
        tables.push_back(table.shape);
    if (tables != TRY(db::schema_at(manifest_.schema_version)))
        return damaged(root_ / kManifestName, "does not have the tables of its schema version");
    return {};
}

Result<void> Source::check_files(Progress& progress) const {
    const auto files = files_of(manifest_);
    const auto bytes = std::accumulate(
        files.begin(), files.end(), std::uint64_t{0},
        [](std::uint64_t sum, const FileEntry* f) { return sum + f->content.bytes; });
    progress.begin("checking rows", files.size(), bytes);
    for (const auto* entry : files) {
        const auto path = file(*entry);
        const auto found =
            digest_file(path, [&](std::uint64_t read) { progress.advance(0, read); });
        if (!found && found.error().code == Code::not_found) return damaged(path, "is missing");
        if (!found) return Failure(found.error());
        if (found->bytes != entry->content.bytes)
            return damaged(path, fmt::format("has {} bytes instead of {}", found->bytes,
                                             entry->content.bytes));
        if (*found != entry->content) return damaged(path, "does not have its checksum");
        progress.advance(1, 0);
    }
    return {};
}

Result<void> Source::list() {
    const auto folder = root_ / manifest_.folder();
    absent_ = TRY(list_absent(folder, manifest_));
    present_ = TRY(list_bodies(folder, manifest_, {}));
    std::erase_if(present_, [this](const Body& body) {
        return std::ranges::binary_search(absent_, body.hash);
    });
    if (present_.size() != manifest_.bodies)
        return damaged(root_ / kManifestName, fmt::format("counts {} bodies, its rows name {}",
                                                          manifest_.bodies, present_.size()));
    return {};
}

}  // namespace siahub::backup
