#pragma once
// The database that the settings name: PostgreSQL at database.url, else SQLite in the data
// directory.

#include "config/config.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "db/database.hpp"
#include "db/migration_report.hpp"

namespace siahub::app {

Result<std::unique_ptr<db::Database>> open_database(const config::Config& config,
                                                    const Clock& clock, const Log& log);
Result<db::MigrationReport> migrate_database(const config::Config& config, const Clock& clock);

}  // namespace siahub::app
