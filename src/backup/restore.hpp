#pragma once
// Makes a hub from a backup, in an empty data directory and a database without rows, of either
// kind. What is read is verified: checksums of all rows and secrets before anything is written,
// every body while it is copied. Rows are written last and in one transaction.
//
// Errors: unprocessable when the backup is damaged, naming what is; the target is then left as
// empty as it was. conflict when the target holds something, or another restore or backup works on
// it. After anything else (a full disk, a
// lost database, a kill) the same call goes on where it ended.

#include "backup/hub_place.hpp"
#include "backup/manifest.hpp"
#include "backup/progress.hpp"

#include <functional>

namespace siahub::backup {

struct RestoreOptions {
    // Restore what there is: files that need a missing or damaged body cannot be downloaded.
    bool without_damaged = false;
    // The last step before the hub is one, with its rows in place; done again when a restore goes
    // on that was interrupted.
    std::function<Result<void>()> finish{};
};

struct RestoreReport {
    Manifest manifest;
    std::uint64_t bodies = 0;
    std::uint64_t left_out = 0;  // bodies that the backup does not hold, or not whole
};

Result<RestoreReport> restore(const std::filesystem::path& from, const HubPlace& target,
                              const RestoreOptions& options, const Clock& clock,
                              Progress& progress);

struct CheckReport {
    Manifest manifest;
    std::vector<std::string> damaged;  // what is wrong; empty: the backup is whole
};

// Reads everything in a backup. Errors: those that leave nothing to read.
Result<CheckReport> check_backup(const std::filesystem::path& from, Progress& progress);

}  // namespace siahub::backup
