#include "db/dump.hpp"

#include "db/postgres.hpp"
#include "db/postgres_dump.hpp"
#include "db/sqlite.hpp"
#include "db/sqlite_dump.hpp"

namespace siahub::db {

Result<std::unique_ptr<Claim>> claim(const Place& place, Use use) {
    if (place.is_postgres()) return claim_postgres(place.url, use);
    return std::make_unique<Claim>();
}

Result<std::unique_ptr<Snapshot>> open_snapshot(const Place& place) {
    return place.is_postgres() ? open_postgres_snapshot(place.url)
                               : open_sqlite_snapshot(place.file);
}

Result<std::optional<std::string>> find_occupied_table(const Place& place) {
    return place.is_postgres() ? find_occupied_postgres_table(place.url)
                               : find_occupied_sqlite_table(place.file);
}

Result<std::unique_ptr<Loader>> open_loader(const Place& place, std::int64_t schema_version,
                                            const Clock& clock) {
    return place.is_postgres() ? open_postgres_loader(place.url, schema_version, clock)
                               : open_sqlite_loader(place.file, schema_version, clock);
}

Result<void> bring_to_newest(const Place& place, const Clock& clock) {
    TRY(place.is_postgres() ? migrate_postgres(place.url, clock)
                            : migrate_sqlite(place.file, clock));
    return {};
}

}  // namespace siahub::db
