#include "hub/storage_sql.hpp"
#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

class StoragePlanTest : public HubTest {};

// On SQLite whichever database the suite runs on: PostgreSQL plans by the
// statistics of its tables.
TEST_F(StoragePlanTest, NothingIsScannedForOneRepositoryOrXorb) {
    const auto sqlite = db::open_sqlite(dir_.path() / "plans.db", clock_).value();
    for (const auto sql :
         {storage_sql::kSummary, storage_sql::kFreed, storage_sql::kXorbsOfRepo, storage_sql::kXorb,
          storage_sql::kReposOfXorb, storage_sql::kUseOfXorb, storage_sql::kFilesOfXorb,
          storage_sql::kAssets, storage_sql::kAssetsOfState, storage_sql::kAssetsWithoutPin}) {
        const auto text = "EXPLAIN QUERY PLAN " + std::string(sql);
        std::int64_t places = 1;
        while (sql.contains("$" + std::to_string(places + 1)))
            ++places;
        const auto rows =
            get(sqlite->query(text, db::Params(static_cast<std::size_t>(places), std::int64_t{1})));
        for (const auto& row : rows) {
            const auto& step = row.text(3);
            const bool scans = step.starts_with("SCAN");
            // The results of the parts are what is walked.
            const bool is_part = step == "SCAN c" || step == "SCAN d" || step == "SCAN u" ||
                                 step == "SCAN v" || step.starts_with("SCAN (subquery");
            EXPECT_TRUE(!scans || is_part) << step << "\nof " << sql;
        }
    }
}

}  // namespace
}  // namespace siahub::hub
