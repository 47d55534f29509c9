#include "backup/restore.hpp"

#include "backup/folder_lock.hpp"
#include "backup/restore_mark.hpp"
#include "backup/secret_files.hpp"
#include "backup/source.hpp"
#include "core/file_io.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace siahub::backup {
namespace {

namespace fs = std::filesystem;

Failure cannot(std::string_view doing, const fs::path& path, const std::error_code& error) {
    return fail(Code::unavailable,
                fmt::format("Cannot {} {}: {}", doing, path.string(), error.message()));
}

Failure occupied(std::string_view what) {
    return fail(Code::conflict, fmt::format("{}. A restore needs an empty data directory and a "
                                            "database without rows",
                                            what));
}

// The hub that comes to be.
class Target {
  public:
    Target(const HubPlace& place, const Manifest& manifest)
        : place_(place), manifest_(manifest), mark_{.backup = manifest.id} {}

    // Errors: conflict unless it is empty, or half restored from this very backup, and nobody else
    // copies into it or from it.
    Result<void> claim() {
        was_there_ = fs::exists(place_.data);
        TRY(make_directory());
        auto claimed = claim_directory();
        std::error_code ignored;
        // Only if it is empty.
        if (!claimed && !was_there_) fs::remove(place_.data, ignored);
        return claimed;
    }

    [[nodiscard]] bool rows_done() const { return rows_done_; }
    Result<void> note_rows(bool begun) {
        mark_.rows_begun = begun;
        return write_restore_mark(place_.data, mark_);
    }
    Result<void> release() { return remove_restore_mark(place_.data); }

    // As empty as it was. Rows are committed last of all, so there are none.
    void clear() {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(place_.data, ignored))
            fs::remove_all(entry.path(), ignored);
        if (!keys_were_there_) fs::remove(place_.keys, ignored);
        if (!was_there_) fs::remove(place_.data, ignored);
    }

  private:
    Result<void> claim_directory() {
        directory_ =
            TRY(lock_path(place_.data, LockKind::exclusive,
                          "Another restore into " + place_.data.string() + " runs right now"));
        database_ = TRY(db::claim(place_.database, db::Use::replaces));
        const auto mark = read_restore_mark(place_.data);
        if (mark && mark->backup != mark_.backup)
            return occupied("A restore of another backup into " + place_.data.string() +
                            " has not ended; remove that directory first");
        if (!mark) {
            TRY(check_directory());
            TRY(check_keys());
        }
        const auto table = TRY(db::find_occupied_table(place_.database));
        rows_done_ = table && mark && mark->rows_begun;
        if (table && !rows_done_) return occupied(fmt::format("The table {} has rows", *table));
        if (mark) return {};
        return write_restore_mark(place_.data, mark_);
    }

    Result<void> check_directory() const {
        std::error_code error;
        if (!fs::exists(place_.data, error)) return {};
        const fs::directory_iterator entries(place_.data, error);
        if (error) return cannot("read", place_.data, error);
        if (entries == fs::directory_iterator()) return {};
        return occupied(fmt::format("{} is not empty: it holds {}", place_.data.string(),
                                    entries->path().filename().string()));
    }

    // Processes on several hosts share their keys, so they may be there before any data is.
    Result<void> check_keys() {
        if (!fs::exists(place_.keys)) return {};
        const auto found = TRY(digest_file(place_.keys));
        keys_were_there_ = std::ranges::any_of(manifest_.secrets, [&](const FileEntry& secret) {
            return secret.name == kKeys && secret.content == found;
        });
        if (keys_were_there_) return {};
        return fail(Code::conflict,
                    place_.keys.string() +
                        " holds other keys than the backup, whose links and tokens would end. Move "
                        "it away: the restore brings the keys of the backup");
    }

    Result<void> make_directory() const {
        if (was_there_) return {};
        std::error_code error;
        fs::create_directories(place_.data, error);
        if (!error) fs::permissions(place_.data, fs::perms::owner_all, error);
        if (error) return cannot("make", place_.data, error);
        return {};
    }

    const HubPlace& place_;
    const Manifest& manifest_;
    RestoreMark mark_;
    Lock directory_;
    std::unique_ptr<db::Claim> database_;
    bool was_there_ = true;
    bool keys_were_there_ = false;
    bool rows_done_ = false;
};

class Run {
  public:
    Run(const Source& source, const HubPlace& place, const RestoreOptions& options,
        const Clock& clock, Progress& progress)
        : source_(source),
          place_(place),
          options_(options),
          clock_(clock),
          progress_(progress),
          absent_(source.absent()) {}

    Result<RestoreReport> run() {
        Target target(place_, source_.manifest());
        TRY(target.claim());
        auto done = fill(target);
        if (!done && done.error().code == Code::unprocessable) target.clear();
        if (!done && done.error().code != Code::unprocessable) {
            auto& message = done.error().message;
            if (message.ends_with('.')) message.pop_back();
            if (done.error().code == Code::conflict) message += ". Give it an empty database";
            message += ". Run the same restore again to go on";
        }
        TRY(std::move(done));
        return RestoreReport{.manifest = source_.manifest(),
                             .bodies = source_.present().size() - left_out_,
                             .left_out = left_out_ + source_.absent().size()};
    }

  private:
    Result<void> fill(Target& target) {
        TRY(copy_bodies());
        TRY(copy_keys());
        if (!target.rows_done()) TRY(write_rows(target));
        TRY(db::bring_to_newest(place_.database, clock_));
        if (options_.finish) TRY(options_.finish());
        return target.release();
    }

    // Whether rows that are there at the next attempt are these.
    Result<void> write_rows(Target& target) {
        TRY(target.note_rows(true));
        auto loaded = load_rows();
        if (!loaded && loaded.error().code == Code::conflict) TRY(target.note_rows(false));
        return loaded;
    }

    Result<void> copy_bodies() {
        const auto layout = TRY(store::Layout::create(place_.data));
        BodyFolder folder(layout.xorbs(), layout.tmp());
        progress_.begin("copying bodies", source_.present().size(), source_.present_bytes());
        for (const auto& body : source_.present()) {
            if (!folder.has(body)) TRY(copy_body(folder, body));
            progress_.advance(1, body.size);
        }
        const int fd = ::open(place_.data.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) return Failure(io_error(errno, "open its data directory"));
        const FileHandle closer(fd);
        if (::syncfs(fd) != 0) return Failure(io_error(errno, "sync its disk"));
        std::ranges::sort(absent_);
        return {};
    }

    Result<void> copy_body(BodyFolder& folder, const Body& body) {
        const auto copied = folder.copy_from(source_.bodies(), body);
        if (copied || copied.error().code == Code::unavailable) return copied;
        if (!options_.without_damaged)
            return fail(Code::unprocessable,
                        "The backup is damaged: " +
                            (copied.error().code == Code::not_found
                                 ? source_.bodies().path(body.hash).string() + " is missing"
                                 : copied.error().message));
        absent_.push_back(body.hash);
        ++left_out_;
        return {};
    }

    Result<void> copy_keys() {
        for (const auto& secret : source_.manifest().secrets) {
            if (secret.name != kKeys) continue;
            std::error_code error;
            fs::create_directories(place_.keys.parent_path(), error);
            fs::remove(place_.keys, error);  // the same, or of an earlier attempt
            if (error) return cannot("write", place_.keys, error);
            TRY(copy_secret(source_.file(secret), place_.keys));
        }
        return {};
    }

    Result<void> load_rows() {
        const auto& manifest = source_.manifest();
        // Copying bodies may have taken hours.
        if (const auto table = TRY(db::find_occupied_table(place_.database)))
            return occupied(fmt::format("The table {} has rows", *table));
        auto loader = TRY(db::open_loader(place_.database, manifest.schema_version, clock_));
        progress_.begin("writing rows", manifest.row_count(), 0);
        DiskRows disk(absent_);
        for (const auto& table : manifest.tables) {
            TRY(loader->begin_table(table.shape));
            TRY(source_.each_row(table, [&](std::vector<db::Value>& row) -> Result<void> {
                progress_.advance(1, 0);
                if (!disk.adopt(table.shape, row)) return {};
                return loader->add(row);
            }));
            TRY(loader->end_table());
        }
        return loader->commit();
    }

    const Source& source_;
    const HubPlace& place_;
    const RestoreOptions& options_;
    const Clock& clock_;
    Progress& progress_;
    std::vector<xet::Hash> absent_;
    std::uint64_t left_out_ = 0;
};

}  // namespace

Result<RestoreReport> restore(const fs::path& from, const HubPlace& target,
                              const RestoreOptions& options, const Clock& clock,
                              Progress& progress) {
    const auto source = TRY(Source::open(from, progress));
    if (!source->absent().empty() && !options.without_damaged)
        return fail(Code::unprocessable,
                    fmt::format("The backup lacks {} bodies that its rows name, which the hub did "
                                "not have when it was made; --without-damaged restores the rest",
                                source->absent().size()));
    return Run(*source, target, options, clock, progress).run();
}

Result<CheckReport> check_backup(const fs::path& from, Progress& progress) {
    const auto source = TRY(Source::open(from, progress));
    CheckReport report{.manifest = source->manifest(), .damaged = {}};
    if (!source->absent().empty())
        report.damaged.push_back(
            fmt::format("{} bodies were missing when it was made", source->absent().size()));
    progress.begin("checking bodies", source->present().size(), source->present_bytes());
    for (const auto& body : source->present()) {
        const auto whole = source->bodies().verify(body);
        if (!whole && whole.error().code == Code::unavailable) return Failure(whole.error());
        if (!whole)
            report.damaged.push_back(whole.error().code == Code::not_found
                                         ? source->bodies().path(body.hash).string() + " is missing"
                                         : whole.error().message);
        progress.advance(1, body.size);
    }
    return report;
}

}  // namespace siahub::backup
