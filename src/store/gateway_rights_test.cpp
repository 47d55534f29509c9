// What the database role of a gateway can do, and what not, on a real server.

#include "store/gateway_rights.hpp"

#include "store/test_store.hpp"

namespace siahub::store {
namespace {

class GatewayRightsTest : public ::testing::TestWithParam<std::string> {
  protected:
    GatewayRightsTest() {
        owner("CREATE ROLE " + role_ + " LOGIN");
        url_.replace(url_.find("siahub@"), 7, role_ + "@");
        const auto granted = db::grant_exactly(place_.url(), role_, kGatewayRights);
        if (!granted) throw std::runtime_error(granted.error().message);
    }
    ~GatewayRightsTest() override { owner("DROP OWNED BY " + role_ + "; DROP ROLE " + role_); }

    std::string owner(const std::string& sql) { return db::run_on_server(place_.url(), sql); }
    bool gateway_may(const std::string& sql) {
        try {
            db::run_on_server(url_, sql);
            return true;
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string_view(error.what()).find("permission denied"),
                      std::string_view::npos)
                << sql << ": " << error.what();
            return false;
        }
    }
    std::vector<std::string> split(std::string_view list) {
        std::vector<std::string> names;
        while (!list.empty()) {
            const auto comma = list.find(',');
            names.emplace_back(list.substr(0, comma));
            list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
        }
        return names;
    }

    db::TestDatabase place_;
    std::string role_ = "gateway_" + random_id();
    std::string url_ = place_.url();
};

std::vector<std::string> servers() {
    if (db::test_server_url().empty()) return {};
    return {db::test_server_url()};
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GatewayRightsTest);
INSTANTIATE_TEST_SUITE_P(Server, GatewayRightsTest, ::testing::ValuesIn(servers()),
                         [](const auto&) { return "Private"; });

TEST_P(GatewayRightsTest, ReadsWhatItServesAppendsToTheLogAndNothingElse) {
    const auto tables = split(
        owner("SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"));
    EXPECT_GE(tables.size(), 20U);
    for (const auto& table : tables) {
        const bool reads = std::ranges::find(kGatewayReads, table) != kGatewayReads.end();
        const auto column = owner(
            "SELECT column_name FROM information_schema.columns WHERE "
            "table_name = '" +
            table + "' AND ordinal_position = 1");
        EXPECT_EQ(gateway_may("SELECT * FROM " + table), reads) << table;
        EXPECT_FALSE(gateway_may("UPDATE " + table + " SET " + column + " = NULL")) << table;
        EXPECT_FALSE(gateway_may("DELETE FROM " + table)) << table;
        EXPECT_FALSE(gateway_may("TRUNCATE " + table)) << table;
        if (table != "usage_log") {
            EXPECT_FALSE(gateway_may("INSERT INTO " + table + " SELECT")) << table;
        }
    }
    EXPECT_TRUE(
        gateway_may("INSERT INTO usage_log (id, at, event, bytes) VALUES (1, 2, 'download', 3)"));
    EXPECT_EQ(owner("SELECT bytes FROM usage_log"), "3");
    EXPECT_FALSE(gateway_may("CREATE TABLE mine (a BIGINT)"));
}

TEST_P(GatewayRightsTest, OpensTheDatabaseAndServesThroughTheCatalogs) {
    const SystemClock clock;
    const Log log(Log::Level::off);
    const auto opened = db::open_postgres(url_, clock, log);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    XorbCatalog xorbs(**opened, 1 << 20);
    FileCatalog files(**opened, xorbs);
    EXPECT_EQ(run_task(xorbs.find(xet::Hash())).error().code, Code::not_found);
    EXPECT_EQ(run_task(files.find(1, xet::Hash())).error().code, Code::not_found);
}

TEST_P(GatewayRightsTest, TakesAwayWhatItHadBefore) {
    owner("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role_);
    EXPECT_TRUE(gateway_may("DELETE FROM users"));
    ASSERT_TRUE(db::grant_exactly(place_.url(), role_, kGatewayRights));
    EXPECT_FALSE(gateway_may("DELETE FROM users"));
}

TEST_P(GatewayRightsTest, ARoleThatIsMissingIsNamed) {
    const auto granted = db::grant_exactly(place_.url(), "no\"body", kGatewayRights);
    EXPECT_EQ(granted.error().code, Code::not_found);
}

}  // namespace
}  // namespace siahub::store
