#pragma once
// The directory of a backup while it is written. One process writes to it at a time, and none while
// a restore reads it.

#include "backup/body_folder.hpp"
#include "backup/folder_lock.hpp"
#include "backup/manifest.hpp"

#include <memory>

namespace siahub::backup {

// A directory is a backup, whole or not, if it holds this file.
inline constexpr std::string_view kBackupMark = "siahub-backup";

class BackupFolder {
  public:
    // Makes what is not there, mode 0700. Errors: conflict.
    static Result<std::unique_ptr<BackupFolder>> open_to_write(const std::filesystem::path& root);
    BackupFolder(std::filesystem::path root, Lock lock);

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }
    BodyFolder& bodies() { return bodies_; }
    // Its folder; those of snapshots that came to nothing go.
    Result<void> begin_snapshot(const Manifest& manifest);
    // After this nothing that was written is lost when the power fails.
    Result<void> sync_all();
    // Removes snapshots but this one, and bodies but these, which are sorted. How many bodies.
    Result<std::uint64_t> remove_all_but(const Manifest& manifest, const std::vector<Body>& bodies);

  private:
    Result<void> remove_snapshots(const std::vector<std::string>& but);

    std::filesystem::path root_;
    Lock lock_;
    BodyFolder bodies_;
};

}  // namespace siahub::backup
