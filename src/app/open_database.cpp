#include "app/open_database.hpp"

#include "app/data_dir.hpp"
#include "backup/restore_mark.hpp"
#include "db/postgres.hpp"
#include "db/sqlite.hpp"

namespace siahub::app {

Result<std::unique_ptr<db::Database>> open_database(const config::Config& config,
                                                    const Clock& clock, const Log& log) {
    TRY(backup::refuse_half_restored(config.data));
    if (!config.database.url.empty())
        return db::open_postgres(config.database.url, clock, log,
                                 {.connections = config.database.connections,
                                  .statement_timeout = config.database.timeout});
    TRY(prepare_data_dir(config.data));
    return db::open_sqlite(database_path(config.data), clock);
}

Result<db::MigrationReport> migrate_database(const config::Config& config, const Clock& clock) {
    if (!config.database.url.empty()) return db::migrate_postgres(config.database.url, clock);
    TRY(prepare_data_dir(config.data));
    return db::migrate_sqlite(database_path(config.data), clock);
}

}  // namespace siahub::app
