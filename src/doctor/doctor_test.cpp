// Each test breaks one thing and sees that the doctor names it, and nothing else.

#include "auth/key_ring.hpp"
#include "doctor/doctor_test_support.hpp"

#include <fstream>

#include <boost/json.hpp>

namespace siahub::doctor {
namespace {

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

TEST_F(DoctorTest, NamesFilesOfAnotherUser) {
    Report report;
    judge_owners("/srv/hub", 7, {{"siahub.db", 7}, {"siahub.db-wal", 0}, {"keys", 7}}, report);
    const auto finding = only(report, "data.owner", Verdict::error);
    EXPECT_TRUE(mentions(finding.what, "not siahub.db-wal:"));
    EXPECT_TRUE(mentions(finding.remedy, "chown -R 7 /srv/hub"));
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

}  // namespace
}  // namespace siahub::doctor
