// Each test breaks one thing and sees that the doctor names it, and nothing else.

#include "auth/key_ring.hpp"
#include "doctor/checks.hpp"
#include "http/client_test_support.hpp"
#include "store/test_store.hpp"

#include <fstream>

#include <boost/json.hpp>
#include <sys/stat.h>

namespace siahub::doctor {
namespace {

namespace fs = std::filesystem;
using http::testing::say;
using http::testing::ScriptServer;

std::uint16_t free_port() {
    const ScriptServer taken({});
    return taken.port();
}

std::vector<Finding> bad(const Report& report) {
    std::vector<Finding> found;
    for (const auto& finding : report.findings())
        if (finding.verdict != Verdict::ok) found.push_back(finding);
    return found;
}

// Not how quickly a busy machine answers.
std::vector<Finding> bad_but_for_time(const Report& report) {
    auto found = bad(report);
    std::erase_if(found, [](const Finding& finding) {
        return finding.verdict == Verdict::warning && finding.check.ends_with(".answers");
    });
    return found;
}

bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

class DoctorTest : public store::StoreTest {
  protected:
    DoctorTest() {
        auto& config = loaded_.config;
        config.data = dir_.path();
        config.server.max_connections = 16;
        config.server.listen = {.host = "127.0.0.1", .port = free_port()};
        config.database.connections = 16;
        database_place_ = {.file = place_.file(),
                           .url = db::TestDatabase::on_postgres() ? place_.url() : ""};
    }

    static fs::file_time_type long_ago() {
        return fs::file_time_type::clock::now() - std::chrono::days(3);
    }
    [[nodiscard]] Subject subject(bool deep = false) {
        return {.loaded = loaded_,
                .database = database_place_,
                .clock = system_clock_,
                .progress = quiet_,
                .deep = deep};
    }
    using Check = void (*)(const Subject&, Report&);
    Report run(Check check, bool deep = false) {
        Report report;
        check(subject(deep), report);
        return report;
    }
    // One finding that is not well, of this check.
    Finding only(const Report& report, std::string_view check, Verdict verdict) {
        const auto found = bad(report);
        if (found.size() != 1) {
            ADD_FAILURE() << report.text();
            return {};
        }
        EXPECT_EQ(found[0].check, check) << report.text();
        EXPECT_EQ(found[0].verdict, verdict);
        EXPECT_FALSE(found[0].remedy.empty());
        return found[0];
    }
    void write(std::string_view sql, db::Params params = {}) {
        (void)run_task(database_->execute(sql, std::move(params))).value();
    }

    config::Loaded loaded_;
    db::Place database_place_;
    SystemClock system_clock_;
    backup::Progress quiet_{nullptr};
};

// -- All of it
// ---------------------------------------------------------------------------------------

TEST_F(DoctorTest, FindsNothingWrongWithAHubThatIsWell) {
    upload(1, store::make_client_file(Bytes(500'000, std::byte{7}), 2));
    const auto report = examine(subject(true));
    if (db::TestDatabase::on_postgres()) {
        // The server of the tests forgets when the power fails.
        const auto found = bad_but_for_time(report);
        ASSERT_EQ(found.size(), 1U) << report.text();
        EXPECT_EQ(found[0].check, "database.durability");
        EXPECT_TRUE(mentions(found[0].what, "fsync"));
        EXPECT_EQ(report.exit_code(), 2);
    } else {
        EXPECT_TRUE(bad_but_for_time(report).empty()) << report.text();
        EXPECT_LT(report.exit_code(), 2);
    }
    EXPECT_GT(report.findings().size(), 15U);
}

TEST(Report, IsTextAndJsonAndAnExitCode) {
    Report report;
    report.ok("a.b", "fine");
    EXPECT_EQ(report.exit_code(), 0);
    report.warning("c", "\"quoted\"", "do this");
    EXPECT_EQ(report.exit_code(), 1);
    report.error("d", "broken", "do that");
    EXPECT_EQ(report.exit_code(), 2);
    const auto object = boost::json::parse(report.json()).as_object();
    EXPECT_EQ(object.at("errors").to_number<int>(), 1);
    EXPECT_EQ(object.at("warnings").to_number<int>(), 1);
    EXPECT_EQ(object.at("findings").at(1).at("what"), "\"quoted\"");
    EXPECT_EQ(object.at("findings").at(1).at("remedy"), "do this");
    EXPECT_TRUE(mentions(report.text(), "error    d"));
    EXPECT_TRUE(mentions(report.text(), "→ do that"));
}

// -- Settings, limits
// ----------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesWhatIsWrongWithTheSettings) {
    loaded_.problems = {"siahub.toml line 3: lisen is not a setting; did you mean listen?"};
    EXPECT_TRUE(
        mentions(only(run(check_config), "config.settings", Verdict::error).what, "line 3"));
}

TEST_F(DoctorTest, NamesAPublicAddressThatDoesNotWork) {
    auto& server = loaded_.config.server;
    server.public_url = "http://no-such-host.invalid";
    EXPECT_TRUE(mentions(only(run(check_config), "config.public_url", Verdict::error).what,
                         "no-such-host.invalid"));
    server.public_url = "http://192.0.2.1";
    (void)only(run(check_config), "config.public_url", Verdict::warning);
    server.public_url = "https://192.0.2.1";
    (void)only(run(check_config), "config.trusted_proxies", Verdict::warning);
    server.trusted_proxies = {config::Network::parse("0.0.0.0/0").value()};
    (void)only(run(check_config), "config.trusted_proxies", Verdict::error);
    server.trusted_proxies = {config::Network::parse("10.0.0.0/8").value()};
    EXPECT_TRUE(bad(run(check_config)).empty());
}

TEST_F(DoctorTest, NamesALimitOfOpenFilesThatIsTooLow) {
    loaded_.config.server.max_connections = 1'000'000'000;
    EXPECT_TRUE(mentions(only(run(check_limits), "limits.open_files", Verdict::warning).remedy,
                         "LimitNOFILE=2000000512"));
}

// -- The data directory
// --------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesADataDirectoryThatIsNotThere) {
    loaded_.config.data = dir_.path() / "nowhere";
    EXPECT_TRUE(mentions(only(run(check_data), "data.directory", Verdict::error).what, "nowhere"));
    loaded_.config.data = dir_.path() / "keys";
    (void)only(run(check_data), "data.directory", Verdict::error);
}

TEST_F(DoctorTest, NamesADataDirectoryThatOthersCanRead) {
    fs::permissions(dir_.path(), fs::perms::others_read, fs::perm_options::add);
    EXPECT_TRUE(
        mentions(only(run(check_data), "data.directory", Verdict::warning).remedy, "chmod 700"));
}

TEST_F(DoctorTest, NamesADiskThatFillsUp) {
    constexpr auto gib = std::uint64_t{1} << 30;
    for (const auto& [space, verdict] : {std::pair(Space{100 << 20, 500 * gib}, Verdict::error),
                                         std::pair(Space{2 * gib, 500 * gib}, Verdict::warning)}) {
        Report report;
        judge_space("/srv", space, report);
        (void)only(report, "data.space", verdict);
    }
    for (const auto& space : {Space{2 * gib, 10 * gib}, Space{50 * gib, 5000 * gib}}) {
        Report report;
        judge_space("/srv", space, report);
        EXPECT_EQ(report.exit_code(), 0);
    }
}

TEST_F(DoctorTest, NamesARestoreThatHasNotEnded) {
    std::ofstream(dir_.path() / "RESTORING") << "id rows\n";
    EXPECT_TRUE(mentions(only(run(check_data), "data.restore", Verdict::error).remedy, "restore"));
}

TEST_F(DoctorTest, NamesWhatWasLeftOver) {
    const auto file = dir_.path() / "tmp" / "left";
    std::ofstream(file) << "x";
    EXPECT_TRUE(bad(run(check_data)).empty());
    fs::last_write_time(file, long_ago());
    EXPECT_TRUE(
        mentions(only(run(check_data), "data.temporary", Verdict::warning).what, "1 files"));
    fs::remove(file);
    fs::create_directories(dir_.path() / "uploads" / "abc");
    std::ofstream(dir_.path() / "uploads" / "abc" / "1-x") << "x";
    fs::last_write_time(dir_.path() / "uploads" / "abc" / "1-x", long_ago());
    (void)only(run(check_data), "data.uploads", Verdict::warning);
}

// -- The signing keys
// ------------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesKeysThatOthersCanReadOrNobody) {
    const auto keys = dir_.path() / "keys";
    EXPECT_TRUE(bad(run(check_keys)).empty());
    fs::permissions(keys, fs::perms::group_read, fs::perm_options::add);
    EXPECT_TRUE(mentions(only(run(check_keys), "keys.file", Verdict::error).remedy, "chmod 600"));
    fs::permissions(keys, fs::perms::owner_read | fs::perms::owner_write);
    std::ofstream(keys) << "nonsense\n";
    EXPECT_TRUE(mentions(only(run(check_keys), "keys.file", Verdict::error).remedy, "backup"));
    fs::remove(keys);
    (void)only(run(check_keys), "keys.file", Verdict::warning);
    EXPECT_FALSE(fs::exists(keys));
}

TEST_F(DoctorTest, NamesKeysThatAreOld) {
    fs::last_write_time(dir_.path() / "keys",
                        fs::file_time_type::clock::now() - std::chrono::days(400));
    EXPECT_TRUE(mentions(only(run(check_keys), "keys.rotation", Verdict::warning).remedy,
                         "signing rotate"));
    ASSERT_TRUE(auth::KeyRing::rotate(dir_.path() / "keys"));
    const auto report = run(check_keys);
    EXPECT_TRUE(bad(report).empty());
    EXPECT_TRUE(mentions(report.findings().back().what, "2 keys"));
}

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

// -- Redis
// -----------------------------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesARedisThatIsAway) {
    EXPECT_TRUE(bad(run(check_redis)).empty());
    loaded_.config.redis.url = "redis://me:secret@127.0.0.1:" + std::to_string(free_port());
    const auto finding = only(run(check_redis), "redis.reachable", Verdict::error);
    EXPECT_FALSE(mentions(finding.what + finding.remedy, "secret"));
}

TEST_F(DoctorTest, NamesAnEvictionPolicyThatHurts) {
    using std::chrono::microseconds;
    const auto judge = [](std::string_view policy, std::string_view limit, microseconds latency) {
        Report report;
        judge_redis_info("redis_version:7.0.15\r\nmaxmemory:" + std::string(limit) +
                             "\r\nmaxmemory_policy:" + std::string(policy) + "\r\n",
                         "redis://x", latency, report);
        return report;
    };
    EXPECT_EQ(judge("noeviction", "0", microseconds(100)).exit_code(), 0);
    EXPECT_EQ(judge("volatile-ttl", "100", microseconds(100)).exit_code(), 0);
    (void)only(judge("noeviction", "100", microseconds(100)), "redis.eviction", Verdict::warning);
    (void)only(judge("allkeys-lru", "100", microseconds(100)), "redis.eviction", Verdict::warning);
    (void)only(judge("noeviction", "0", microseconds(90'000)), "redis.answers", Verdict::warning);
}

// -- Bodies
// ------------------------------------------------------------------------------------------------------

TEST_F(DoctorTest, NamesABodyThatIsMissingAndWhoNeedsIt) {
    const auto file = store::make_client_file(Bytes(500'000, std::byte{1}), 2);
    make_repo(1, 1, false);
    upload(1, file);
    const auto& xorb = file.xorbs[0].index.xorb;
    fs::remove(body_path(xorb));
    auto finding = only(run(check_bodies), "bodies.files", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, xorb.hex() + " is missing, needed by n/1"));
    std::ofstream(body_path(xorb)) << "short";
    finding = only(run(check_bodies), "bodies.files", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, "has another size"));
}

TEST_F(DoctorTest, NamesABodyThatIsDamaged) {
    Bytes plain(400'000);
    fill_random(plain);
    const auto file = store::make_client_file(plain, 2);
    upload(1, file);
    const auto& xorb = file.xorbs.back().index.xorb;
    flip_byte(body_path(xorb), 5'000);
    const auto finding = only(run(check_bodies, true), "bodies.contents", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, xorb.hex()));
}

TEST_F(DoctorTest, VerifiesSomeBodiesOrAll) {
    Bytes plain(3'000'000);
    fill_random(plain);
    upload(1, store::make_client_file(plain, 1));
    const auto said = [&](bool deep) { return run(check_bodies, deep).findings().back().what; };
    EXPECT_TRUE(mentions(said(false), "16 of "));
    EXPECT_TRUE(mentions(said(true), "all "));
}

TEST_F(DoctorTest, NamesFilesWithoutRowsOnceTheyAreSettled) {
    const auto built = store::make_client_file(Bytes(100'000, std::byte{3})).xorbs[0];
    const auto path = body_path(built.index.xorb);
    fs::create_directories(path.parent_path());
    std::ofstream(path) << as_chars(built.body);
    EXPECT_TRUE(bad(run(check_bodies)).empty());
    fs::last_write_time(path, long_ago());
    EXPECT_TRUE(mentions(only(run(check_bodies), "bodies.rows", Verdict::warning).what,
                         built.index.xorb.hex()));
}

// -- The hub
// ---------------------------------------------------------------------------------------------------------

std::string answer(std::string_view status, std::string_view body) {
    return "HTTP/1.1 " + std::string(status) +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           std::string(body);
}

TEST_F(DoctorTest, NamesAHubThatIsNotReadyAndWhoElseTakesItsPort) {
    EXPECT_TRUE(bad(run(check_hub)).empty());
    const auto examine_one = [&](const ScriptServer::Script& script) {
        const ScriptServer server({script});
        loaded_.config.server.listen.port = server.port();
        return run(check_hub);
    };
    EXPECT_TRUE(bad(examine_one(say(answer("200 OK", R"({"status":"ready"})")))).empty());
    const auto finding =
        only(examine_one(say(answer("503 Service Unavailable", R"({"database":"down"})"))),
             "hub.ready", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, "down"));
    (void)only(examine_one(say(answer("404 Not Found", "<html>"))), "hub.listen", Verdict::error);
    (void)only(examine_one(say("SSH-2.0-OpenSSH\r\n")), "hub.listen", Verdict::error);
    loaded_.config.server.listen = {.host = "192.0.2.1", .port = 8470};
    EXPECT_TRUE(mentions(only(run(check_hub), "hub.listen", Verdict::error).what, "192.0.2.1"));
}

}  // namespace
}  // namespace siahub::doctor
