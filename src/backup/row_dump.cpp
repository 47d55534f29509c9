#include "backup/row_dump.hpp"

#include <algorithm>
#include <array>

namespace siahub::backup {
namespace {

// Who is signed in, and links that stand for a password: what has ended since must not come back to
// life with a restore. They are in the backup as tables without rows.
constexpr std::array<std::string_view, 4> kWithoutRows = {"account_links", "device_codes",
                                                          "oauth_state", "sessions"};

TableEntry entry_of(const db::TableShape& table) {
    return {.shape = table, .file = {.name = table.name + ".rows", .content = {}}, .rows = 0};
}

}  // namespace

Result<TableEntry> dump_table(db::Snapshot& snapshot, const db::TableShape& table,
                              const std::filesystem::path& folder, Progress& progress) {
    auto entry = entry_of(table);
    RowWriter writer(TRY(DigestedFile::create(folder / entry.file.name)));
    if (std::ranges::find(kWithoutRows, table.name) == kWithoutRows.end())
        TRY(snapshot.each_row(table, [&](std::vector<db::Value>& row) {
            progress.advance(1, 0);
            return writer.add(row);
        }));
    entry.rows = writer.rows();
    entry.file.content = TRY(writer.finish());
    return entry;
}

Result<TableEntry> dump_nothing(const db::TableShape& table, const std::filesystem::path& folder) {
    auto entry = entry_of(table);
    RowWriter writer(TRY(DigestedFile::create(folder / entry.file.name)));
    entry.file.content = TRY(writer.finish());
    return entry;
}

}  // namespace siahub::backup
