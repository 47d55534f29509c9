#pragma once
// The checks, each in a file of its name. A check never fails: what it cannot find out is a
// finding. Those that need what an earlier one found missing say nothing.

#include "doctor/report.hpp"
#include "doctor/subject.hpp"

namespace siahub::doctor {

void check_config(const Subject& subject, Report& report);    // settings, addresses
void check_limits(const Subject& subject, Report& report);    // open files
void check_data(const Subject& subject, Report& report);      // directory, space, left-overs
void check_keys(const Subject& subject, Report& report);      // the signing keys
void check_database(const Subject& subject, Report& report);  // and its clock
void check_accounts(const Subject& subject, Report& report);  // expired API keys
void check_nodes(const Subject& subject, Report& report);     // those that keep bodies
void check_redis(const Subject& subject, Report& report);
void check_bodies(const Subject& subject, Report& report);
void check_hub(const Subject& subject, Report& report);         // the process that runs
void check_neighbours(const Subject& subject, Report& report);  // addresses of other processes

Report examine(const Subject& subject);

// As the operating system would be asked; apart, so that tests can say what it answers.
struct Space {
    std::uint64_t free = 0, total = 0;
};
void judge_space(const std::filesystem::path& where, const Space& space, Report& report);
struct OwnedFile {
    std::string name;
    unsigned owner = 0;
};
void judge_owners(const std::filesystem::path& data, unsigned owner,
                  const std::vector<OwnedFile>& files, Report& report);
void judge_open_files(std::uint64_t allowed, std::uint64_t needed, Report& report);
void judge_clock(UnixMillis ours, UnixMillis database, Report& report);
void judge_redis_info(std::string_view info, std::string_view address,
                      std::chrono::microseconds latency, Report& report);

}  // namespace siahub::doctor
