#pragma once
// Dump and load of a SQLite file (db/dump.hpp).

#include "db/dump.hpp"

namespace siahub::db {

Result<std::unique_ptr<Snapshot>> open_sqlite_snapshot(const std::filesystem::path& file);
Result<std::optional<std::string>> find_occupied_sqlite_table(const std::filesystem::path& file);
Result<std::unique_ptr<Loader>> open_sqlite_loader(const std::filesystem::path& file,
                                                   std::int64_t schema_version, const Clock& clock);

}  // namespace siahub::db
