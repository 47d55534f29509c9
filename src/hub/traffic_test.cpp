#include "hub/traffic.hpp"

#include "hub/listing.hpp"
#include "hub/repos.hpp"
#include "hub/test_hub.hpp"

#include <thread>

namespace siahub::hub {
namespace {

constexpr UnixMillis kDay = 24LL * 60 * 60 * 1000;
constexpr RowId kUser = 42;

class TrafficTest : public HubTest {
  protected:
    TrafficTest() {
        for (const RowId id : {1, 2}) {
            Repo repo;
            repo.id = id;
            repo.owner_id = 7;
            repo.ns = "alice";
            repo.name = std::to_string(id);
            repo.default_branch = "main";
            add_repo(repo, 7);
        }
    }
    std::int64_t number(std::string_view query, RowId repo) {
        return sql(query, {repo}).at(0).integer(0);
    }
    std::int64_t total(RowId repo) {
        return number("SELECT downloads FROM repos WHERE id = $1", repo);
    }
    std::int64_t in_days(RowId repo) {
        return number(
            "SELECT CAST(coalesce(sum(count), 0) AS BIGINT) FROM repo_downloads WHERE repo_id = $1",
            repo);
    }
    // "event user bytes" of a repository, in order.
    std::vector<std::string> log_of(RowId repo) {
        std::vector<std::string> lines;
        for (const auto& row :
             sql("SELECT event, coalesce(user_id, 0), bytes FROM usage_log WHERE repo_id = $1"
                 " ORDER BY event, coalesce(user_id, 0), bytes",
                 {repo}))
            lines.push_back(row.text(0) + " " + std::to_string(row.integer(1)) + " " +
                            std::to_string(row.integer(2)));
        return lines;
    }

    Traffic traffic_{*database_, clock_};
};

TEST_F(TrafficTest, ManyFilesWithinFiveMinutesAreOneDownload) {
    for (int file = 0; file < 100; ++file) {
        traffic_.visit(1, kUser, "10.0.0.1");
        clock_.advance(2000);
    }
    get(traffic_.flush());
    EXPECT_EQ(total(1), 1);
    EXPECT_EQ(in_days(1), 1);
    EXPECT_EQ(total(2), 0);
    clock_.advance(Traffic::kOneDownload);
    traffic_.visit(1, kUser, "10.0.0.1");
    get(traffic_.flush());
    EXPECT_EQ(total(1), 2);
}

TEST_F(TrafficTest, VisitorsAreUsersOrElseAddresses) {
    traffic_.visit(1, kUser, "10.0.0.1");
    traffic_.visit(1, kUser, "10.0.0.2");
    traffic_.visit(1, kUser + 1, "10.0.0.1");
    traffic_.visit(1, 0, "10.0.0.1");
    traffic_.visit(1, 0, "10.0.0.2");
    traffic_.visit(1, 0, "10.0.0.2");
    traffic_.visit(2, 0, "10.0.0.2");
    get(traffic_.flush());
    EXPECT_EQ(total(1), 4);
    EXPECT_EQ(total(2), 1);
}

TEST_F(TrafficTest, DownloadsAreKeptByDay) {
    traffic_.visit(1, kUser, "");
    get(traffic_.flush());
    clock_.advance(kDay);
    traffic_.visit(1, kUser, "");
    get(traffic_.flush());
    const auto rows =
        sql("SELECT day, count FROM repo_downloads WHERE repo_id = $1 ORDER BY day", {RowId{1}});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].integer(0), kTestStart / kDay);
    EXPECT_EQ(rows[1].integer(0), kTestStart / kDay + 1);
    EXPECT_EQ(rows[0].integer(1) + rows[1].integer(1), 2);
}

TEST_F(TrafficTest, ManyLinesOfOneMomentAreWritten) {
    constexpr RowId users = 20'000;
    for (RowId user = 1; user <= users; ++user)
        traffic_.sent(1, user, 1);
    get(traffic_.flush());
    EXPECT_EQ(number("SELECT count(*) FROM usage_log WHERE repo_id = $1", 1), users);
}

TEST_F(TrafficTest, TheListOrdersByWhatWasCounted) {
    const Caller anyone;
    Listing listing(*database_);
    for (const auto* address : {"a", "b", "c"})
        traffic_.visit(1, 0, address);
    traffic_.visit(2, 0, "a");
    get(traffic_.flush());
    for (const auto key : {SortKey::downloads, SortKey::trending}) {
        ListQuery query;
        query.sort = key;
        const auto page = get(listing.list(query, anyone));
        ASSERT_EQ(page.repos.size(), 2U);
        EXPECT_EQ(page.repos[0].repo.id, 1);
        EXPECT_EQ(page.repos[0].repo.downloads, 3);
        EXPECT_EQ(page.repos[1].repo.downloads, 1);
    }
    get(listing.refresh_trending(kTestStart / kDay));
    EXPECT_EQ(number("SELECT trending FROM repos WHERE id = $1", 1), 3);
}

TEST_F(TrafficTest, BytesAreOneLinePerRepositoryAndUser) {
    traffic_.sent(1, kUser, 100);
    traffic_.sent(1, kUser, 23);
    traffic_.sent(1, 0, 5);
    traffic_.received(1, kUser, 1000);
    traffic_.received(2, kUser, 7);
    traffic_.visit(2, 0, "a");
    traffic_.sent(2, kUser, 0);
    get(traffic_.flush());
    EXPECT_EQ(log_of(1),
              (std::vector<std::string>{"download 0 5", "download 42 123", "upload 42 1000"}));
    EXPECT_EQ(log_of(2), (std::vector<std::string>{"download 0 0", "upload 42 7"}));
    get(traffic_.flush());
    EXPECT_EQ(log_of(1).size(), 3U);
}

TEST_F(TrafficTest, ADeletedRepositoryIsNotCountedBackIntoLife) {
    traffic_.visit(1, 0, "a");
    sql("DELETE FROM repos WHERE id = 1");
    get(traffic_.flush());
    EXPECT_EQ(in_days(1), 0);
}

TEST_F(TrafficTest, WhatCouldNotBeWrittenIsWrittenNextTime) {
    traffic_.visit(1, kUser, "");
    traffic_.sent(1, kUser, 10);
    sql("ALTER TABLE usage_log RENAME TO away");
    EXPECT_TRUE(code_of(traffic_.flush()).has_value());
    EXPECT_EQ(total(1), 0);
    traffic_.sent(1, kUser, 1);
    sql("ALTER TABLE away RENAME TO usage_log");
    get(traffic_.flush());
    EXPECT_EQ(total(1), 1);
    EXPECT_EQ(log_of(1), std::vector<std::string>{"download 42 11"});
}

TEST_F(TrafficTest, NothingIsLostOrCountedTwiceAmongThreads) {
    constexpr int kThreads = 4;
    constexpr int kRounds = 20'000;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([this] {
                for (int round = 0; round < kRounds; ++round) {
                    traffic_.visit(1, kUser, "");
                    traffic_.sent(1 + round % 2, kUser, 1);
                }
            });
        }
        for (int i = 0; i < 20; ++i)
            get(traffic_.flush());
    }
    get(traffic_.flush());
    EXPECT_EQ(total(1), 1);
    constexpr std::string_view sum =
        "SELECT CAST(sum(bytes) AS BIGINT) FROM usage_log WHERE repo_id = $1";
    EXPECT_EQ(number(sum, 1) + number(sum, 2), std::int64_t{kThreads} * kRounds);
}

}  // namespace
}  // namespace siahub::hub
