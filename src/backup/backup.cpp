#include "backup/backup.hpp"

#include "backup/backup_folder.hpp"
#include "backup/body_list.hpp"
#include "backup/restore_mark.hpp"
#include "backup/row_dump.hpp"
#include "backup/secret_files.hpp"
#include "core/file_io.hpp"
#include "core/random.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::backup {
namespace {

// A body may be collected between the snapshot and its copying. A new snapshot then does not name
// it; one that still does names a body that is lost.
constexpr int kSnapshots = 4;
constexpr std::size_t kReasons = 10;

class Run {
  public:
    Run(const HubPlace& hub, BackupFolder& folder, std::string_view hub_version, const Clock& clock,
        Progress& progress)
        : hub_(hub),
          folder_(folder),
          hub_version_(hub_version),
          clock_(clock),
          progress_(progress),
          source_(hub.data / "xorbs", hub.data / "tmp") {}

    Result<BackupReport> run() {
        for (int attempt = 1; attempt <= kSnapshots; ++attempt) {
            TRY(take_snapshot());
            const auto gone = TRY(copy_bodies());
            const bool lost = gone == gone_before_;
            gone_before_ = gone;
            if (gone.empty() || lost) break;
        }
        TRY(write_absent());
        TRY(copy_keys());
        TRY(folder_.sync_all());
        TRY(write_manifest(folder_.root(), manifest()));
        report_.removed = TRY(folder_.remove_all_but(manifest(), bodies_));
        return std::move(report_);
    }

  private:
    Manifest& manifest() { return report_.manifest; }
    [[nodiscard]] std::filesystem::path snapshot_dir() {
        return folder_.root() / manifest().folder();
    }

    Result<void> take_snapshot() {
        report_ = {};
        const auto snapshot = TRY(db::open_snapshot(hub_.database));
        if (snapshot->schema_version() == 0)
            return fail(Code::not_found, "The database holds no hub");
        manifest().id = random_id();
        manifest().hub_version = hub_version_;
        manifest().database = hub_.database.is_postgres() ? "postgres" : "sqlite";
        manifest().schema_version = snapshot->schema_version();
        manifest().created_at = clock_.now();
        TRY(folder_.begin_snapshot(manifest()));
        progress_.begin("reading rows", 0, 0);
        for (const auto& table : TRY(db::schema_at(manifest().schema_version)))
            manifest().tables.push_back(
                TRY(dump_table(*snapshot, table, snapshot_dir(), progress_)));
        bodies_ = TRY(list_bodies(snapshot_dir(), manifest(), hub_.data));
        return {};
    }

    // Bodies that should be here and are not.
    Result<std::vector<xet::Hash>> copy_bodies() {
        std::uint64_t bytes = 0;
        for (const auto& body : bodies_)
            bytes += body.size;
        progress_.begin("copying bodies", bodies_.size(), bytes);
        absent_.clear();
        std::vector<xet::Hash> gone;
        for (const auto& body : bodies_) {
            if (!TRY(copy_body(body))) {
                absent_.push_back(body.hash);
                if (body.is_here) gone.push_back(body.hash);
            } else {
                ++manifest().bodies;
                manifest().body_bytes += body.size;
            }
            progress_.advance(1, body.size);
        }
        return gone;
    }

    Result<bool> copy_body(const Body& body) {
        if (folder_.bodies().has(body)) return true;
        const auto copied = folder_.bodies().copy_from(source_, body);
        if (copied) {
            ++copied_.bodies;
            copied_.bytes += body.size;
        } else if (copied.error().code == Code::unavailable) {
            return Failure(copied.error());  // the disk
        } else if (body.is_here) {
            ++report_.lost;
            if (report_.damaged.size() < kReasons)
                report_.damaged.push_back(copied.error().code == Code::not_found
                                              ? source_.path(body.hash).string() + " is missing"
                                              : copied.error().message);
        } else {
            ++report_.elsewhere;
        }
        report_.copied = copied_.bodies;
        report_.copied_bytes = copied_.bytes;
        return copied.has_value();
    }

    Result<void> write_absent() {
        auto& entry = manifest().absent;
        entry = {.shape = absent_shape(), .file = {.name = "absent.rows", .content = {}}};
        RowWriter writer(TRY(DigestedFile::create(snapshot_dir() / entry.file.name)));
        for (const auto& hash : absent_)
            TRY(writer.add(std::vector<db::Value>{Bytes(hash.bytes.begin(), hash.bytes.end())}));
        entry.rows = writer.rows();
        entry.file.content = TRY(writer.finish());
        return {};
    }

    Result<void> copy_keys() {
        if (!std::filesystem::exists(hub_.keys)) return {};  // a hub that was never started
        FileEntry entry{.name = std::string(kKeys), .content = {}};
        entry.content = TRY(copy_secret(hub_.keys, snapshot_dir() / entry.name));
        manifest().secrets.push_back(std::move(entry));
        return {};
    }

    const HubPlace& hub_;
    BackupFolder& folder_;
    std::string hub_version_;
    const Clock& clock_;
    Progress& progress_;
    BodyFolder source_;
    BackupReport report_;
    std::vector<Body> bodies_;
    std::vector<xet::Hash> absent_;
    std::vector<xet::Hash> gone_before_;
    struct {
        std::uint64_t bodies = 0, bytes = 0;
    } copied_;
};

}  // namespace

Result<BackupReport> back_up(const HubPlace& hub, const std::filesystem::path& to,
                             std::string_view hub_version, const Clock& clock, Progress& progress) {
    if (!std::filesystem::is_directory(hub.data))
        return fail(Code::not_found, "There is no data directory " + hub.data.string());
    TRY(refuse_half_restored(hub.data));
    const auto claim = TRY(db::claim(hub.database, db::Use::reads));
    auto folder = TRY(BackupFolder::open_to_write(to));
    return Run(hub, *folder, hub_version, clock, progress).run();
}

}  // namespace siahub::backup
