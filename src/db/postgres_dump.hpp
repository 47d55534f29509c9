#pragma once
// Dump and load of a PostgreSQL database (db/dump.hpp), by COPY.

#include "db/dump.hpp"

namespace siahub::db {

Result<std::unique_ptr<Claim>> claim_postgres(const std::string& url, Use use);
Result<std::unique_ptr<Snapshot>> open_postgres_snapshot(const std::string& url);
Result<std::optional<std::string>> find_occupied_postgres_table(const std::string& url);
Result<std::unique_ptr<Loader>> open_postgres_loader(const std::string& url,
                                                     std::int64_t schema_version,
                                                     const Clock& clock);

}  // namespace siahub::db
