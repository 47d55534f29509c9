#include "backup/body_list.hpp"
#include "doctor/checks.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace siahub::doctor {
namespace {

namespace fs = std::filesystem;
using backup::Body;

constexpr std::size_t kSample = 16;
constexpr std::size_t kNamed = 5;  // of what is wrong, in words
constexpr auto kSettled = std::chrono::minutes(10);

// -- What there should be and what there is ------------------------------------------------------

Result<std::vector<Body>> bodies_of_rows(const Subject& subject, db::Snapshot& snapshot) {
    for (const auto& table : TRY(db::schema_at(snapshot.schema_version()))) {
        if (table.name != "xorb_bodies") continue;
        auto rows = TRY(backup::BodyRows::of(table, subject.config().data));
        TRY(snapshot.each_row(table, [&](std::vector<db::Value>& row) { return rows.add(row); }));
        auto bodies = rows.take();
        std::erase_if(bodies, [](const Body& body) { return !body.is_here; });
        return bodies;
    }
    return fail(Code::internal, "there is no table xorb_bodies");
}

// Bodies that no row names. A new file gets its row a moment later, so only settled ones count.
std::vector<fs::path> files_without_rows(const fs::path& xorbs, const std::vector<Body>& bodies) {
    std::vector<fs::path> found;
    std::error_code error;
    const auto before = fs::file_time_type::clock::now() - kSettled;
    for (auto at = fs::recursive_directory_iterator(xorbs, error);
         !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const auto hash = xet::parse_hash(at->path().filename().string());
        std::error_code gone;
        if (!hash || !at->is_regular_file(gone) || at->last_write_time(gone) > before || gone)
            continue;
        if (!std::ranges::binary_search(bodies, *hash, {}, &Body::hash))
            found.push_back(at->path());
    }
    return found;
}

// -- What it means
// ---------------------------------------------------------------------------------

std::string repositories_that_need(db::Snapshot& snapshot, const xet::Hash& xorb) {
    const auto rows = snapshot.query(
        "SELECT DISTINCT r.namespace, r.name FROM reconstruction_terms t JOIN reconstruction_files "
        "f ON f.file_hash = t.file_hash JOIN repos r ON r.id = f.repo_id WHERE t.xorb_hash = $1 "
        "ORDER BY r.namespace, r.name LIMIT 4",
        {xorb.view()});
    if (!rows || rows->empty()) return "no repository needs it";
    std::string names;
    for (const auto& row : *rows)
        names += (names.empty() ? "needed by " : ", ") + row.text(0) + "/" + row.text(1);
    return names;
}

std::string remedy_for(const fs::path& data) {
    return fmt::format(
        "copy such files from a backup (DIR/bodies/… to {}/…), or stop the hub, "
        "remove them, start it, and upload those repositories' files again",
        (data / "xorbs").string());
}

class BodyExam {
  public:
    BodyExam(const Subject& subject, db::Snapshot& snapshot, Report& report)
        : subject_(subject),
          snapshot_(snapshot),
          report_(report),
          folder_(subject.config().data / "xorbs", subject.config().data / "tmp") {}

    void run() {
        const auto bodies = bodies_of_rows(subject_, snapshot_);
        if (!bodies) {
            report_.error("bodies.rows", bodies.error().message, "look at the database");
            return;
        }
        const auto present = check_files(*bodies);
        check_rows(*bodies);
        check_contents(present);
    }

  private:
    // Those that are there in their right size.
    std::vector<Body> check_files(const std::vector<Body>& bodies) {
        std::vector<Body> present;
        std::vector<std::string> wrong;
        std::size_t count = 0;
        std::uint64_t bytes = 0;
        for (const auto& body : bodies) {
            if (folder_.has(body)) {
                present.push_back(body);
                bytes += body.size;
                continue;
            }
            ++count;
            const auto path = folder_.path(body.hash);
            if (wrong.size() < kNamed)
                wrong.push_back(fmt::format("{} {}, {}", path.string(),
                                            fs::exists(path) ? "has another size" : "is missing",
                                            repositories_that_need(snapshot_, body.hash)));
        }
        if (count == 0)
            report_.ok("bodies.files", fmt::format("{} with {}, all there", bodies.size(),
                                                   backup::show_bytes(bytes)));
        for (const auto& what : wrong)
            report_.error("bodies.files", what, remedy_for(subject_.config().data));
        if (count > wrong.size())
            report_.error("bodies.files", fmt::format("and {} more", count - wrong.size()),
                          remedy_for(subject_.config().data));
        return present;
    }

    void check_rows(const std::vector<Body>& bodies) {
        const auto orphans = files_without_rows(subject_.config().data / "xorbs", bodies);
        if (orphans.empty())
            report_.ok("bodies.rows", "every file has its row");
        else
            report_.warning(
                "bodies.rows",
                fmt::format("{} files have no row, {} for one", orphans.size(),
                            orphans.front().string()),
                "restart the hub: it adopts those that are whole and removes the others");
    }

    void check_contents(std::vector<Body> bodies) {
        constexpr auto check = "bodies.contents";
        const auto all = bodies.size();
        if (!subject_.deep) keep_sample(bodies);
        std::uint64_t bytes = 0;
        for (const auto& body : bodies)
            bytes += body.size;
        subject_.progress.begin("verifying bodies", bodies.size(), bytes);
        std::size_t damaged = 0;
        for (const auto& body : bodies) {
            const auto whole = folder_.verify(body);
            subject_.progress.advance(1, body.size);
            // Collected in the meantime.
            if (whole || whole.error().code == Code::not_found) continue;
            if (++damaged > kNamed) continue;
            report_.error(check,
                          fmt::format("{}, {}", whole.error().message,
                                      repositories_that_need(snapshot_, body.hash)),
                          remedy_for(subject_.config().data));
        }
        if (damaged > kNamed)
            report_.error(check, fmt::format("and {} more", damaged - kNamed),
                          remedy_for(subject_.config().data));
        if (damaged == 0)
            report_.ok(check,
                       bodies.size() == all
                           ? fmt::format("all {} verified", all)
                           : fmt::format("{} of {} verified (--deep for all)", bodies.size(), all));
    }

    // Hashes are as good as random, so every n-th of a sorted list is a fair choice; where to begin
    // changes with time, so that many visits see many bodies.
    void keep_sample(std::vector<Body>& bodies) const {
        if (bodies.size() <= kSample) return;
        const auto step = bodies.size() / kSample;
        std::vector<Body> sample;
        for (auto at = static_cast<std::size_t>(subject_.clock.now()) % step;
             at < bodies.size() && sample.size() < kSample; at += step)
            sample.push_back(bodies[at]);
        bodies = std::move(sample);
    }

    const Subject& subject_;
    db::Snapshot& snapshot_;
    Report& report_;
    backup::BodyFolder folder_;
};

}  // namespace

void check_bodies(const Subject& subject, Report& report) {
    if (!fs::is_directory(subject.config().data)) return;
    const auto snapshot = db::open_snapshot(subject.database);
    if (!snapshot || (*snapshot)->schema_version() == 0) return;
    BodyExam(subject, **snapshot, report).run();
}

}  // namespace siahub::doctor
