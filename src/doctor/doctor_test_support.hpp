#pragma once
// A hub that is well, for tests that break one thing of it.

#include "doctor/checks.hpp"
#include "http/client_test_support.hpp"
#include "store/test_store.hpp"

namespace siahub::doctor {

namespace fs = std::filesystem;
using http::testing::say;
using http::testing::ScriptServer;

inline std::uint16_t free_port() {
    const ScriptServer taken({});
    return taken.port();
}

inline std::vector<Finding> bad(const Report& report) {
    std::vector<Finding> found;
    for (const auto& finding : report.findings())
        if (finding.verdict != Verdict::ok) found.push_back(finding);
    return found;
}

// Not how quickly a busy machine answers.
inline std::vector<Finding> bad_but_for_time(const Report& report) {
    auto found = bad(report);
    std::erase_if(found, [](const Finding& finding) {
        return finding.verdict == Verdict::warning && finding.check.ends_with(".answers");
    });
    return found;
}

inline bool mentions(const std::string& text, std::string_view part) {
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

}  // namespace siahub::doctor
