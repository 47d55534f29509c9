// What is kept of repositories' durability against what the rows of files and pins say, after
// whatever has happened, in whatever order.

#include "store/durability.hpp"

#include "core/clock.hpp"
#include "core/run_task.hpp"
#include "db/test_database.hpp"
#include "db/transact.hpp"
#include "store/pins.hpp"
#include "store/registration.hpp"

#include <map>
#include <random>
#include <thread>

#include <gtest/gtest.h>

namespace siahub::store {
namespace {

constexpr std::int64_t kRepos = 6;
constexpr std::int64_t kXorbs = 24;

xet::Hash numbered(char kind, std::int64_t number) {
    std::array<std::byte, 32> raw{};
    raw[0] = static_cast<std::byte>(kind);
    raw[1] = static_cast<std::byte>(number);
    raw[2] = static_cast<std::byte>(number >> 8);
    return xet::Hash::from_raw(raw);
}

Task<Result<void>> write_files(db::Transaction& transaction, const Registration& registration) {
    CO_TRY(co_await registration.write(transaction));
    co_return co_await transaction.commit();
}

Task<Result<void>> lose_pin(db::Transaction& transaction, xet::Hash xorb, bool is_kept) {
    CO_TRY(co_await transaction.query(
        is_kept ? "UPDATE xorb_pins SET state = 'stored' WHERE hash = $1 AND state = 'pinned'"
                : "DELETE FROM xorb_pins WHERE hash = $1 AND state = 'pinned'",
        {xorb.view()}));
    CO_TRY(co_await Durability::note_loss(transaction, xorb));
    co_return co_await transaction.commit();
}

class DurabilityTest : public ::testing::Test {
  protected:
    template <class T>
    static T get(Task<Result<T>> task) {
        auto result = run_task(std::move(task));
        if (!result) throw std::runtime_error(result.error().message);
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }

    // A file of a few xorbs; the same number is the same file.
    void add_file(RowId repo, std::int64_t number) {
        std::vector<xet::Segment> segments;
        for (std::int64_t i = 0; i <= number % 3; ++i)
            segments.push_back({.xorb = numbered('x', (number * 5 + i * 7) % kXorbs),
                                .chunk_start = 0,
                                .chunk_end = 1,
                                .unpacked_length = 10});
        Registration registration(repo, 1, Sha256Source::claimed);
        registration.add_file({.file = numbered('f', number),
                               .size = 10 * segments.size(),
                               .sha256 = {},
                               .segments = segments});
        get(db::transact(*database_, db::Isolation::read_committed, write_files, registration));
    }
    void want(std::int64_t xorb) {
        get(database_->execute(
            "INSERT INTO xorb_pins (hash, state, node, size, since, waiting_since, next_try)"
            " VALUES ($1, 'stored', 'here', 1, 0, 0, 0) ON CONFLICT (hash) DO NOTHING",
            {numbered('x', xorb).view()}));
    }
    void pin(std::int64_t xorb) {
        want(xorb);
        get(pins_.pinned(numbered('x', xorb), {}));
    }
    void lose(std::int64_t xorb, bool is_kept) {
        get(db::transact(*database_, db::Isolation::read_committed, lose_pin, numbered('x', xorb),
                         is_kept));
    }
    void remove_repo(RowId repo) {
        for (const auto* table : {"reconstruction_files", "repo_durability"})
            get(database_->execute("DELETE FROM " + std::string(table) + " WHERE repo_id = $1",
                                   {repo}));
    }
    void act(std::mt19937& random) {
        const auto number = static_cast<std::int64_t>(random());
        const auto xorb = number / 8 % kXorbs;
        switch (number % 8) {
            case 0:
                return lose(xorb, random() % 2 == 0);
            case 1:
                return add_file(1 + xorb % kRepos, static_cast<std::int64_t>(random() % 40));
            case 2:
                if (random() % 4 == 0) remove_repo(1 + xorb % kRepos);
                return;
            default:
                return pin(xorb);
        }
    }
    void settle() {
        while (get(durability_.settle(3))) {
        }
        ASSERT_FALSE(get(durability_.settle()));
    }

    using States = std::map<RowId, std::int64_t>;  // whether some of it is local
    States read(std::string_view sql) {
        States states;
        for (const auto& row : get(database_->query(sql)))
            states[row.integer(0)] = row.integer(1);
        return states;
    }
    States kept() { return read("SELECT repo_id, local FROM repo_durability"); }
    States counted() {
        return read(
            "SELECT f.repo_id, MAX(CASE WHEN p.state = 'pinned' THEN 0 ELSE 1 END)"
            " FROM reconstruction_files f JOIN reconstruction_terms t ON t.file_hash = f.file_hash"
            " LEFT JOIN xorb_pins p ON p.hash = t.xorb_hash GROUP BY f.repo_id");
    }
    // Nothing that is on the hub's own disks alone is ever called safe.
    void expect_no_promise() {
        const auto now = kept();
        for (const auto& [repo, local] : counted()) {
            ASSERT_TRUE(now.contains(repo));
            EXPECT_GE(now.at(repo), local);
        }
    }

    db::TestDatabase place_;
    ManualClock clock_{1'700'000'000'000};
    std::unique_ptr<db::Database> database_ = place_.open();
    Pins pins_{*database_, clock_, "here"};
    Durability durability_{*database_};
};

TEST_F(DurabilityTest, ARepositoryIsSafeWithItsLastXorb) {
    add_file(1, 2);  // xorbs 10, 17 and 0
    pin(10);
    pin(0);
    settle();
    EXPECT_EQ(kept(), (States{{1, 1}}));
    pin(17);
    EXPECT_EQ(kept(), (States{{1, 1}}));
    settle();
    EXPECT_EQ(kept(), (States{{1, 0}}));
    add_file(2, 2);
    settle();
    EXPECT_EQ(kept(), (States{{1, 0}, {2, 0}})) << "of xorbs that are on Sia already";
    lose(17, true);
    EXPECT_EQ(kept(), (States{{1, 1}, {2, 1}})) << "at once";
}

TEST_F(DurabilityTest, WhatIsKeptIsWhatIsCounted) {
    std::mt19937 random(7);
    for (int round = 0; round < 25; ++round) {
        for (int i = 0; i < 12; ++i) {
            act(random);
            if (random() % 4 == 0) get(durability_.settle(1));
            expect_no_promise();
        }
        settle();
        EXPECT_EQ(kept(), counted()) << round;
    }
}

TEST_F(DurabilityTest, SeveralAtOnceEndWithTheTruth) {
    for (int round = 0; round < 4; ++round) {
        std::vector<std::jthread> threads;
        for (unsigned seed = 1; seed <= 3; ++seed)
            threads.emplace_back([this, seed, round] {
                std::mt19937 random(seed + 10U * static_cast<unsigned>(round));
                for (int i = 0; i < 25; ++i) {
                    const auto number = static_cast<std::int64_t>(random() % 40);
                    if (random() % 4 == 0)
                        add_file(1 + number % kRepos, number);
                    else
                        pin(number % kXorbs);
                }
            });
        for (int settler = 0; settler < 2; ++settler)
            threads.emplace_back([this] {
                for (int i = 0; i < 25; ++i)
                    get(durability_.settle(2));
            });
        threads.clear();
        settle();
        EXPECT_EQ(kept(), counted()) << round;
    }
}

}  // namespace
}  // namespace siahub::store
