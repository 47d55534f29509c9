// Databases, PostgreSQL or SQLite, of which one thing is broken.

#include "doctor/doctor_test_support.hpp"

#include <fstream>

namespace siahub::doctor {
namespace {

// -- The database
// ------------------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesADatabaseThatCannotBeReached) {
    database_place_ = {.file = dir_.path() / "none.db", .url = {}};
    EXPECT_TRUE(
        mentions(only(run(check_database), "database.reachable", Verdict::error).what, "none.db"));
    EXPECT_FALSE(fs::exists(dir_.path() / "none.db"));
    database_place_.url = "postgresql://me:secret@127.0.0.1:1/hub";
    const auto finding = only(run(check_database), "database.reachable", Verdict::error);
    EXPECT_FALSE(mentions(finding.what + finding.remedy, "secret"));
    EXPECT_TRUE(mentions(finding.remedy, "127.0.0.1:1"));
}

class OtherDatabase : public DoctorTest {
  protected:
    OtherDatabase() {
        if (db::TestDatabase::on_postgres())
            database_place_ = {.file = {}, .url = empty_.url()};
        else
            database_place_ = {.file = dir_.path() / "other.db", .url = {}};
    }
    // What the PostgreSQL of the tests says of its own.
    [[nodiscard]] static bool is_expected(const Finding& finding) {
        return db::TestDatabase::on_postgres() && finding.check == "database.durability";
    }
    [[nodiscard]] std::vector<std::string> names_of_bad(const Report& report) const {
        std::vector<std::string> names;
        for (const auto& finding : bad_but_for_time(report))
            if (!is_expected(finding)) names.push_back(finding.check);
        return names;
    }

    db::TestDatabase empty_{"template0"};
};

TEST_F(OtherDatabase, NamesASchemaThatIsOlderOrNewer) {
    ASSERT_TRUE(db::open_loader(database_place_, 1, system_clock_).value()->commit());
    EXPECT_EQ(names_of_bad(run(check_database)), std::vector<std::string>{"database.schema"});
    ASSERT_TRUE(db::bring_to_newest(database_place_, system_clock_));
    EXPECT_TRUE(names_of_bad(run(check_database)).empty());
    const auto insert =
        "INSERT INTO schema_migrations (version, name, applied_at) "
        "VALUES (9999, 'x', 0)";
    database_ = (db::TestDatabase::on_postgres()
                     ? db::open_postgres(database_place_.url, system_clock_, log_)
                     : db::open_sqlite(database_place_.file, system_clock_))
                    .value();
    write(insert);
    EXPECT_TRUE(
        mentions(only(run(check_database), "database.reachable", Verdict::error).what, "9999"));
}

TEST_F(OtherDatabase, NamesADamagedFile) {
    if (db::TestDatabase::on_postgres()) {
        // There it is the server's business; what a role may not do is ours.
        ASSERT_TRUE(db::bring_to_newest(database_place_, system_clock_));
        const auto role = "doctor_" + random_id();
        db::run_on_server(empty_.url(), "CREATE ROLE " + role + " LOGIN");
        db::run_on_server(empty_.url(), "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role);
        auto& url = database_place_.url;
        url.replace(url.find("siahub@"), 6, role);
        EXPECT_EQ(names_of_bad(run(check_database)), std::vector<std::string>{"database.rights"});
        db::run_on_server(empty_.url(), "DROP OWNED BY " + role + "; DROP ROLE " + role);
        return;
    }
    {
        auto loader =
            db::open_loader(database_place_, db::newest_schema_version(), system_clock_).value();
        for (const auto& table : db::schema_at(db::newest_schema_version()).value()) {
            if (table.name != "repo_downloads") continue;
            ASSERT_TRUE(loader->begin_table(table));
            for (std::int64_t i = 0; i < 20'000; ++i)
                ASSERT_TRUE(loader->add(std::vector<db::Value>{i, i, i}));
        }
        ASSERT_TRUE(loader->commit());
    }
    EXPECT_TRUE(names_of_bad(run(check_database)).empty());
    const auto size = fs::file_size(database_place_.file);
    std::fstream file(database_place_.file, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << std::string(20'000, '\x55');
    file.close();
    EXPECT_EQ(names_of_bad(run(check_database)), std::vector<std::string>{"database.integrity"});
}

TEST_F(DoctorTest, NamesClocksThatDiffer) {
    for (const auto& [difference, verdict] : {std::pair(UnixMillis{5'000}, Verdict::warning),
                                              std::pair(UnixMillis{-90'000}, Verdict::error)}) {
        Report report;
        judge_clock(1'000'000, 1'000'000 + difference, report);
        (void)only(report, "clock", verdict);
    }
    Report report;
    judge_clock(1'000'000, 1'000'900, report);
    EXPECT_EQ(report.exit_code(), 0);
}

TEST_F(DoctorTest, CountsKeysThatHaveExpired) {
    const auto now = system_clock_.now();
    constexpr UnixMillis day = 24LL * 60 * 60 * 1000;
    const auto add = [&](std::int64_t id, db::Param expires) {
        const auto hash = sha256(as_bytes(std::to_string(id)));
        write(
            "INSERT INTO api_keys (id, user_id, hash, label, prefix, scope, created_at, "
            "expires_at) VALUES ($1, 1, $2, '', '', 'read', 0, $3)",
            {id, ByteView(hash), expires});
    };
    EXPECT_TRUE(bad(run(check_accounts)).empty());
    add(1, nullptr);
    add(2, now + 30 * day);
    EXPECT_TRUE(bad(run(check_accounts)).empty());
    add(3, now - day);
    add(4, now + day);
    EXPECT_TRUE(mentions(only(run(check_accounts), "accounts.keys", Verdict::warning).what,
                         "4 keys, 1 expired, 1 expire within a week"));
}

// -- Nodes
// ---------------------------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesANodeThatFellSilent) {
    const auto now = system_clock_.now();
    write("INSERT INTO nodes (id, url, seen_at) VALUES ('n1', 'http://n1', $1)", {now});
    EXPECT_TRUE(bad(run(check_nodes)).empty());
    write("INSERT INTO nodes (id, url, seen_at) VALUES ('n2', 'http://n2', 1700000000000)");
    write("INSERT INTO xorb_bodies (hash, node, size, stored_at) VALUES ($1, 'n2', 1, 0)",
          {as_bytes("only there")});
    const auto finding = only(run(check_nodes), "cluster.nodes", Verdict::warning);
    EXPECT_TRUE(mentions(finding.what, "http://n2"));
    EXPECT_TRUE(mentions(finding.what, "1 bodies"));
}

}  // namespace
}  // namespace siahub::doctor
