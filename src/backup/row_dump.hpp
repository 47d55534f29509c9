#pragma once
// One table of a snapshot of the database into a file of rows. Blocks.

#include "backup/manifest.hpp"
#include "backup/progress.hpp"
#include "db/dump.hpp"

namespace siahub::backup {

// The file is `folder`/<table>.rows.
Result<TableEntry> dump_table(db::Snapshot& snapshot, const db::TableShape& table,
                              const std::filesystem::path& folder, Progress& progress);
// The same without the rows.
Result<TableEntry> dump_nothing(const db::TableShape& table, const std::filesystem::path& folder);

}  // namespace siahub::backup
