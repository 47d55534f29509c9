#pragma once
// The SQLite driver of Database: write-ahead log, synchronous=FULL. Point reads run on the calling
// thread over a pool of reader connections; scans on a small pool of reader threads; one writer
// connection takes transactions in order. BEGIN and single statements of a transaction run on the
// calling thread (BEGIN moves to the writer thread only while another process holds the lock),
// COMMIT and execute_many on the writer thread, because they wait for the disk.
//
// Results of point reads are cached until any process commits, so a point read must not depend on
// anything but the database and its parameters (no random(), no 'now').
//
// Any number of processes may open one file. Opening brings the schema up to date and refuses a
// newer one. The Database outlives its transactions and every task that uses it.

#include "core/clock.hpp"
#include "db/database.hpp"
#include "db/migration_report.hpp"

#include <filesystem>

namespace siahub::db {

struct SqliteOptions {
    std::size_t scan_threads = 1;
    std::chrono::milliseconds busy_timeout{10'000};  // for other processes
};

Result<std::unique_ptr<Database>> open_sqlite(const std::filesystem::path& file, const Clock& clock,
                                              SqliteOptions options = {});

// What `siahub migrate` does.
Result<MigrationReport> migrate_sqlite(const std::filesystem::path& file, const Clock& clock);

}  // namespace siahub::db
