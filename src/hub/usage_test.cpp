#include "hub/usage.hpp"

#include "core/row_ids.hpp"
#include "hub/test_objects.hpp"
#include "hub/traffic.hpp"

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

    RowId alice_ = 0;
    RowId bob_ = 0;
    CallerPtr alice_caller_;
    Usage usage_{*database_, clock_};
    Traffic traffic_{*database_, clock_};
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
