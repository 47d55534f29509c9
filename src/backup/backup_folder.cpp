#include "backup/backup_folder.hpp"

#include "core/file_io.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace siahub::backup {
namespace {

constexpr std::string_view kNotice =
    "A backup of a SiaHub. It holds secrets: who can read it can sign in as anybody.\n";

Failure cannot(const std::filesystem::path& path, const std::error_code& error,
               std::string_view doing) {
    return fail(Code::unavailable,
                "Cannot " + std::string(doing) + " " + path.string() + ": " + error.message());
}

Result<void> make_private(const std::filesystem::path& directory) {
    std::error_code error;
    const bool made = std::filesystem::create_directories(directory, error);
    if (!error && made)
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    if (error) return cannot(directory, error, "make");
    return {};
}

// A directory of somebody's would be cleaned of what is not in the backup.
Result<void> refuse_foreign(const std::filesystem::path& root) {
    std::error_code error;
    if (std::filesystem::exists(root / kBackupMark) || std::filesystem::is_empty(root, error))
        return {};
    if (error) return cannot(root, error, "read");
    return fail(Code::conflict,
                root.string() + " is not empty and no backup. Name a new directory");
}

Result<Lock> lock_mark(const std::filesystem::path& root) {
    const auto mark = root / kBackupMark;
    const FileHandle made(::open(mark.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    if (made.fd() < 0) return cannot(mark, std::error_code(errno, std::generic_category()), "open");
    auto lock = TRY(lock_path(
        mark, LockKind::exclusive,
        "Another backup writes to " + root.string() + ", or a restore reads it, right now"));
    if (::ftruncate(made.fd(), 0) != 0) return Failure(io_error(errno, "write to its disk"));
    TRY(write_all(made.fd(), as_bytes(kNotice)));
    return lock;
}

}  // namespace

BackupFolder::BackupFolder(std::filesystem::path root, Lock lock)
    : root_(std::move(root)), lock_(std::move(lock)), bodies_(root_ / "bodies", root_ / "tmp") {}

Result<std::unique_ptr<BackupFolder>> BackupFolder::open_to_write(
    const std::filesystem::path& root) {
    TRY(make_private(root));
    TRY(refuse_foreign(root));
    auto folder = std::make_unique<BackupFolder>(root, TRY(lock_mark(root)));
    std::error_code error;
    std::filesystem::remove_all(root / "tmp", error);
    if (error) return cannot(root / "tmp", error, "empty");
    TRY(make_private(root / "tmp"));
    TRY(make_private(root / "bodies"));
    return folder;
}

Result<void> BackupFolder::begin_snapshot(const Manifest& manifest) {
    std::vector<std::string> keep;
    if (const auto before = read_manifest(root_)) keep.push_back(before->folder());
    TRY(remove_snapshots(keep));
    return make_private(root_ / manifest.folder());
}

Result<void> BackupFolder::sync_all() {
    if (::syncfs(lock_->fd()) != 0) return Failure(io_error(errno, "sync its disk"));
    return {};
}

Result<std::uint64_t> BackupFolder::remove_all_but(const Manifest& manifest,
                                                   const std::vector<Body>& bodies) {
    TRY(remove_snapshots({manifest.folder()}));
    std::uint64_t removed = 0;
    for (const auto& hash : TRY(bodies_.list())) {
        if (std::ranges::binary_search(bodies, hash, {}, &Body::hash)) continue;
        TRY(bodies_.remove(hash));
        ++removed;
    }
    return removed;
}

Result<void> BackupFolder::remove_snapshots(const std::vector<std::string>& but) {
    std::error_code error;
    std::vector<std::filesystem::path> old;
    for (const auto& entry : std::filesystem::directory_iterator(root_, error)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("snapshot-") && std::ranges::find(but, name) == but.end())
            old.push_back(entry.path());
    }
    for (const auto& folder : old)
        std::filesystem::remove_all(folder, error);
    if (error) return cannot(root_, error, "clean up");
    return {};
}

}  // namespace siahub::backup
