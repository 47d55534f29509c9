#include "hub/usage.hpp"

#include "core/row_ids.hpp"
#include "hub/test_objects.hpp"
#include "hub/traffic.hpp"
#include "hub/usage_days.hpp"

#include <random>
#include <thread>

namespace siahub::hub {
namespace {

constexpr UnixMillis kDay = 24LL * 60 * 60 * 1000;

class UsageTest : public ObjectsTest {
  protected:
    UsageTest() {
        alice_ = add_user("alice");
        bob_ = add_user("bob");
        add_repo_row(1, "open", RepoKind::model);
        add_repo_row(2, "hidden", RepoKind::dataset, true);
        alice_caller_ = caller(alice_);
    }

    static const UsageRow& row_of(const std::vector<UsageRow>& rows, std::string_view label) {
        const auto found = std::ranges::find(rows, label, &UsageRow::label);
        if (found == rows.end()) throw std::runtime_error("no row " + std::string(label));
        return *found;
    }
    std::vector<UsageRow> of_alice(UsageBy by, std::int64_t days = 3) {
        return get(usage_.of_caller(*alice_caller_, by, days));
    }

    // A line as any process may write it: of some day, perhaps long ago, by anybody or nobody.
    void add_random_line(std::mt19937& random) {
        static constexpr std::array<std::string_view, 6> kEvents = {
            "download", "upload", "commit", "cache_hit", "cache_miss", "sign_in"};
        const auto pick = [&](std::int64_t below) {
            return static_cast<std::int64_t>(random()) % below;
        };
        const auto at = kTestStart - pick(6 * kDay);
        const std::array<db::Param, 3> users = {nullptr, alice_, bob_};
        const std::array<db::Param, 3> few = {nullptr, std::int64_t{1}, std::int64_t{2}};
        const db::Params line{new_row_id(at),
                              at,
                              kEvents[random() % kEvents.size()],
                              users[random() % 3],
                              few[random() % 3],
                              pick(1000),
                              few[random() % 3],
                              pick(5),
                              pick(100) - 50};
        sql("INSERT INTO usage_log (id, at, event, user_id, repo_id, bytes, key_id, count, saved)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            line);
    }
    // Everything that is ever shown of these lines.
    std::vector<std::string> all_answers() {
        std::vector<std::string> texts;
        const auto tell = [&](const std::vector<UsageRow>& rows) {
            for (const auto& row : rows) {
                auto& text = texts.emplace_back(row.id.value_or("-") + " " + row.label);
                for (const auto number :
                     {row.uploads, row.downloads, row.commits, row.bytes_in, row.bytes_out,
                      row.dedup_saved, row.cache_hits, row.cache_misses})
                    text += " " + std::to_string(number);
            }
        };
        for (const auto by : {UsageBy::day, UsageBy::key, UsageBy::repo, UsageBy::user})
            for (const std::int64_t days : {1, 3, 10}) {
                tell(of_alice(by, days));
                tell(get(usage_.of_hub(*alice_caller_, by, days)));
            }
        for (const RowId repo : {1, 2})
            for (const auto& day : get(usage_.of_repo(repo, 4)))
                texts.push_back(day.date + " " + std::to_string(day.bytes_in) + " " +
                                std::to_string(day.bytes_out));
        return texts;
    }
    void sum_up_all() {
        while (get(days_.add_new(7))) {
        }
    }
    std::int64_t lines_left() {
        return sql("SELECT COUNT(*) FROM usage_log WHERE summed = 0").at(0).integer(0);
    }

    RowId alice_ = 0;
    RowId bob_ = 0;
    CallerPtr alice_caller_;
    Usage usage_{*database_, clock_};
    Traffic traffic_{*database_, clock_};
    UsageDays days_{*database_};
};

TEST_F(UsageTest, EveryDayOfTheTimeIsThere) {
    traffic_.received(1, {alice_, 5}, 100, 150);
    traffic_.registered(1, {alice_, 5}, 2, 400);
    get(traffic_.flush());
    clock_.advance(2 * kDay);
    traffic_.sent(1, {alice_, 5}, 30);
    traffic_.visit(1, {alice_, 5}, "");
    traffic_.sent(1, bob_, 1000);
    get(traffic_.flush());
    const auto days = of_alice(UsageBy::day);
    ASSERT_EQ(days.size(), 3);
    EXPECT_EQ(days[0].id, to_iso8601(kTestStart).substr(0, 10));
    EXPECT_EQ(days[0].bytes_in, 100);
    EXPECT_EQ(days[0].uploads, 2);
    EXPECT_EQ(days[0].dedup_saved, 250);
    EXPECT_EQ(days[1].bytes_in + days[1].bytes_out, 0);
    EXPECT_EQ(days[2].bytes_out, 30);
    EXPECT_EQ(days[2].downloads, 1);
    EXPECT_EQ(of_alice(UsageBy::day, 1)[0].bytes_out, 30);
    EXPECT_EQ(get(usage_.of_hub(*alice_caller_, UsageBy::day, 1))[0].bytes_out, 1030);
}

TEST_F(UsageTest, KeysByTheirNames) {
    const auto named =
        get(keys_.create({.user_id = alice_, .label = "laptop", .expires_at = {}})).key.id;
    traffic_.sent(1, {alice_, named}, 10);
    traffic_.sent(1, {alice_, 4711}, 20);
    traffic_.sent(1, {alice_, 4712}, 30);
    traffic_.sent(1, alice_, 5);
    get(traffic_.flush());
    const auto rows = of_alice(UsageBy::key);
    ASSERT_EQ(rows.size(), 3);
    EXPECT_EQ(row_of(rows, "laptop").id, std::to_string(named));
    EXPECT_EQ(row_of(rows, "revoked keys").bytes_out, 50);
    EXPECT_EQ(row_of(rows, "without a key").bytes_out, 5);
}

TEST_F(UsageTest, RepositoriesAreNamedToTheirReaders) {
    traffic_.sent(1, alice_, 10);
    traffic_.sent(2, alice_, 300);
    traffic_.sent(99, alice_, 4);
    get(traffic_.flush());
    const auto rows = of_alice(UsageBy::repo);
    ASSERT_EQ(rows.size(), 2);
    EXPECT_EQ(row_of(rows, "owner/open").id, "models/owner/open");
    EXPECT_FALSE(row_of(rows, "other repositories").id);
    EXPECT_EQ(row_of(rows, "other repositories").bytes_out, 304);
    const auto insider = caller(owner());
    const auto all = get(usage_.of_hub(*insider, UsageBy::repo, 1));
    EXPECT_EQ(all[0].id, "datasets/owner/hidden");
}

TEST_F(UsageTest, UsersOfTheHub) {
    traffic_.sent(1, alice_, 10);
    traffic_.sent(1, 0, 20);
    traffic_.sent(1, 31415, 1);
    get(traffic_.flush());
    const auto rows = get(usage_.of_hub(*alice_caller_, UsageBy::user, 1));
    ASSERT_EQ(rows.size(), 3);
    EXPECT_EQ(rows[0].label, "nobody known");
    EXPECT_EQ(row_of(rows, "alice").bytes_out, 10);
    EXPECT_EQ(row_of(rows, "deleted users").bytes_out, 1);
}

TEST_F(UsageTest, ARepositoryDayByDay) {
    traffic_.visit(1, bob_, "");
    traffic_.sent(1, bob_, 70);
    get(traffic_.flush());
    clock_.advance(kDay);
    traffic_.received(1, alice_, 8);
    get(traffic_.flush());
    const auto days = get(usage_.of_repo(1, 2));
    ASSERT_EQ(days.size(), 2);
    EXPECT_EQ(days[0].downloads, 1);
    EXPECT_EQ(days[0].bytes_out, 70);
    EXPECT_EQ(days[1].bytes_in, 8);
    EXPECT_EQ(get(usage_.of_repo(2, 1))[0].bytes_in, 0);
}

// Without sums the answers are counted from the lines alone, so the same lines must give the same
// however many of them are in the sums.
TEST_F(UsageTest, SumsAndLinesTogetherAreWhatTheLinesAre) {
    std::mt19937 random(5);
    for (int round = 0; round < 6; ++round) {
        for (int i = 0; i < 40; ++i)
            add_random_line(random);
        const auto partly = all_answers();
        sql("DELETE FROM usage_days");
        sql("UPDATE usage_log SET summed = 0");
        const auto counted = all_answers();
        EXPECT_EQ(partly, counted) << "late lines, before they are added, in round " << round;
        get(days_.add_new(11));
        EXPECT_EQ(all_answers(), counted);
        sum_up_all();
        EXPECT_EQ(lines_left(), 0);
        EXPECT_EQ(all_answers(), counted);
    }
}

TEST_F(UsageTest, SeveralProcessesAddEveryLineOnce) {
    std::vector<std::jthread> threads;
    for (unsigned seed = 1; seed <= 2; ++seed)
        threads.emplace_back([this, seed] {
            std::mt19937 random(seed);
            for (int i = 0; i < 60; ++i)
                add_random_line(random);
        });
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([this] {
            for (int turn = 0; turn < 30; ++turn)
                get(UsageDays(*database_).add_new(5));
        });
    threads.clear();
    sum_up_all();
    const auto summed = all_answers();
    sql("DELETE FROM usage_days");
    sql("UPDATE usage_log SET summed = 0");
    EXPECT_EQ(summed, all_answers());
}

TEST_F(UsageTest, SumsOfOldDaysAreRemoved) {
    log(clock_.now() - 5 * kDay, "download", 1, alice_, 10);
    log(clock_.now(), "download", 1, alice_, 1);
    sum_up_all();
    sql("DELETE FROM usage_log");
    get(days_.remove_before(clock_.now() / kDay - 4));
    std::int64_t left = 0;
    for (const auto& row : of_alice(UsageBy::day, 10))
        left += row.bytes_out;
    EXPECT_EQ(left, 1);
}

TEST_F(UsageTest, ManyRowsAreCutOff) {
    RowIds ids(clock_.now());
    std::vector<Statement> batch;
    for (std::int64_t i = 0; i < 1100; ++i)
        batch.push_back(
            {"INSERT INTO usage_log (id, at, event, user_id, repo_id, bytes, key_id)"
             " VALUES ($1, $2, 'download', $3, 1, $4, $5)",
             {ids.next(), clock_.now(), 100'000 + i, i + 1, i + 1}});
    sql_all(batch);
    const auto rows = get(usage_.of_hub(*alice_caller_, UsageBy::user, 1));
    ASSERT_EQ(rows.size(), 1);
    std::int64_t largest = 0;
    for (std::int64_t i = 100; i < 1100; ++i)
        largest += i + 1;
    EXPECT_EQ(rows[0].bytes_out, largest);
}

}  // namespace
}  // namespace siahub::hub
