#pragma once
// What a backup holds and how to tell that it is whole: the file MANIFEST, written last and
// replaced as a whole, with a checksum of its own (docs/formats/backup.md). Pure, but for the two
// functions that name a file. Errors: unprocessable for a damaged or unreadable manifest, not_found
// when there is none.

#include "backup/row_file.hpp"
#include "core/clock.hpp"

namespace siahub::backup {

struct FileEntry {
    std::string name;  // in the backup's snapshot folder
    Digested content;

    friend bool operator==(const FileEntry&, const FileEntry&) = default;
};

struct TableEntry {
    db::TableShape shape;
    FileEntry file;
    std::uint64_t rows = 0;

    friend bool operator==(const TableEntry&, const TableEntry&) = default;
};

struct Manifest {
    std::string id;  // 32 hex digits; its files lie in snapshot-<id>
    std::string hub_version;
    std::string database;  // sqlite | postgres: where the rows came from
    std::int64_t schema_version = 0;
    UnixMillis created_at = 0;
    std::vector<TableEntry> tables;
    std::vector<FileEntry> secrets;
    std::uint64_t bodies = 0;
    std::uint64_t body_bytes = 0;
    // Hashes of bodies that the rows name and the backup does not hold.
    TableEntry absent;

    [[nodiscard]] std::string folder() const { return "snapshot-" + id; }
    [[nodiscard]] std::uint64_t row_count() const;
    [[nodiscard]] const TableEntry* find_table(std::string_view name) const;

    friend bool operator==(const Manifest&, const Manifest&) = default;
};

inline constexpr std::string_view kManifestName = "MANIFEST";

std::string render_manifest(const Manifest& manifest);
Result<Manifest> parse_manifest(std::string_view text);

// Of the backup in this directory.
Result<Manifest> read_manifest(const std::filesystem::path& backup);
// Durable when it returns; the one that was there is then gone.
Result<void> write_manifest(const std::filesystem::path& backup, const Manifest& manifest);

}  // namespace siahub::backup
