#pragma once
// Copies a hub, which may be running, into a directory. Rows are those of one moment; bodies are
// the ones that these rows name. A second backup into the same directory copies only bodies that
// are not there yet, and replaces the first one at its very end: until then the first stays whole.
//
// Bodies that cannot be had do not stop a backup, because all others are worth saving: they are
// counted, and the backup says that it lacks them. Errors: conflict when the directory holds
// something else or another backup writes to it; those of db/dump.hpp; unavailable.

#include "backup/hub_place.hpp"
#include "backup/manifest.hpp"
#include "backup/progress.hpp"

namespace siahub::backup {

struct BackupReport {
    Manifest manifest;
    std::uint64_t copied = 0;
    std::uint64_t copied_bytes = 0;
    std::uint64_t removed = 0;         // bodies that no row names any more
    std::vector<std::string> damaged;  // why bodies of this hub could not be copied; the first few
    std::uint64_t lost = 0;            // how many those are
    std::uint64_t elsewhere = 0;       // bodies that only other nodes have, and this backup has not
};

Result<BackupReport> back_up(const HubPlace& hub, const std::filesystem::path& to,
                             std::string_view hub_version, const Clock& clock, Progress& progress);

}  // namespace siahub::backup
