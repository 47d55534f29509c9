#include "hub/storage_sql.hpp"
#include "hub/test_hub.hpp"

namespace siahub::hub {
namespace {

class StoragePlanTest : public HubTest {
  protected:
    static db::Params places_of(std::string_view sql) {
        std::size_t places = 0;
        while (sql.contains("$" + std::to_string(places + 1)))
            ++places;
        return db::Params(places, std::int64_t{1});
    }
};

// On SQLite whichever database the suite runs on: PostgreSQL plans by the
// statistics of its tables.
TEST_F(StoragePlanTest, NothingIsScannedForOneRepositoryOrXorb) {
    const auto sqlite = db::open_sqlite(dir_.path() / "plans.db", clock_).value();
    for (const auto sql :
         {storage_sql::kSummary, storage_sql::kFreed, storage_sql::kXorbsOfRepo, storage_sql::kXorb,
          storage_sql::kReposOfXorb, storage_sql::kUseOfXorb, storage_sql::kFilesOfXorb,
          storage_sql::kAssets, storage_sql::kAssetsOfState, storage_sql::kAssetsWithoutPin,
          storage_sql::kAssetCounts}) {
        const auto text = "EXPLAIN QUERY PLAN " + std::string(sql);
        const auto rows = get(sqlite->query(text, places_of(sql)));
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

TEST_F(StoragePlanTest, RowsOfBodiesAndPinsAreNotReadForTheirNumbers) {
    const auto sqlite = db::open_sqlite(dir_.path() / "plans.db", clock_).value();
    for (const auto& [sql, index] : {
             std::pair{std::string(storage_sql::kBodies), "xorb_bodies_node"},
             std::pair{std::string(storage_sql::kAssetsOfState), "xorb_pins_state"},
             // Of store/evictor.cpp and store/pins.cpp.
             std::pair{std::string("SELECT SUM(size) FROM xorb_bodies WHERE node = $1"),
                       "xorb_bodies_node"},
             std::pair{
                 std::string("SELECT state, COUNT(*), SUM(size) FROM xorb_pins GROUP BY state"),
                 "xorb_pins_state"},
         }) {
        const auto rows = get(sqlite->query("EXPLAIN QUERY PLAN " + sql, places_of(sql)));
        ASSERT_EQ(rows.size(), 1) << sql;
        EXPECT_TRUE(rows[0].text(3).contains("USING COVERING INDEX " + std::string(index)))
            << rows[0].text(3) << "\nof " << sql;
    }
}

}  // namespace
}  // namespace siahub::hub
