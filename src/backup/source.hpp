#pragma once
// A backup that is read. Opening verifies everything but the bodies; no backup writes to it
// meanwhile.

#include "backup/body_folder.hpp"
#include "backup/body_list.hpp"
#include "backup/folder_lock.hpp"
#include "backup/manifest.hpp"
#include "backup/progress.hpp"
#include "db/dump.hpp"

namespace siahub::backup {

class Source {
  public:
    // Errors: not_found, unprocessable, conflict.
    static Result<std::unique_ptr<Source>> open(const std::filesystem::path& root,
                                                Progress& progress);
    Source(std::filesystem::path root, Manifest manifest, Lock lock);

    [[nodiscard]] const Manifest& manifest() const { return manifest_; }
    [[nodiscard]] const BodyFolder& bodies() const { return body_folder_; }
    // Those that the backup says it holds, sorted.
    [[nodiscard]] const std::vector<Body>& present() const { return present_; }
    [[nodiscard]] const std::vector<xet::Hash>& absent() const { return absent_; }
    [[nodiscard]] std::uint64_t present_bytes() const;
    [[nodiscard]] std::filesystem::path file(const FileEntry& entry) const;
    Result<void> each_row(const TableEntry& table, const db::RowSink& sink) const;

  private:
    Result<void> check_schema() const;
    Result<void> check_files(Progress& progress) const;
    Result<void> list();

    std::filesystem::path root_;
    Manifest manifest_;
    Lock lock_;  // null where the mark is missing
    BodyFolder body_folder_;
    std::vector<Body> present_;
    std::vector<xet::Hash> absent_;
};

}  // namespace siahub::backup
