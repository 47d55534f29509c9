#include "backup/remote_pins.hpp"

#include "db/transact.hpp"
#include "store/pin_note.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace siahub::backup {
namespace {

// What the objects of the storage have turned out to be.
struct Found {
    std::unordered_set<xet::Hash> taken;
    // Copies of bodies whose row names another object, which may yet come.
    std::vector<store::ListedObject> spare;
};

Result<xet::Hash> hash_of(const db::Row& row, std::size_t column) {
    const auto& raw = row.blob(column);
    if (raw.size() != xet::Hash().bytes.size())
        return fail(Code::internal, "A hash in the database is damaged.");
    return xet::Hash::from_raw(std::span(raw).first<32>());
}

// Whether it is the serialization that the hub knows.
bool fits(const store::PinNote& note, std::uint64_t size, const db::Row& row) {
    return blake3(row.blob(0)) == note.index && static_cast<std::uint64_t>(row.integer(1)) == size;
}

Task<Result<void>> take_object(db::Transaction& transaction, const store::ListedObject& listed,
                               UnixMillis now, bool is_spare, Found& found, PinsMended& done) {
    const auto note = store::parse_pin_note(listed.note);
    if (!note || found.taken.contains(note->xorb)) co_return Result<void>{};
    const auto rows = CO_TRY(co_await transaction.query(
        "SELECT x.chunk_index, x.stored_size, p.object FROM xorbs x LEFT JOIN xorb_pins p "
        "ON p.hash = x.hash AND p.state = 'pinned' WHERE x.hash = $1",
        {note->xorb.view()}));
    if (rows.empty() || !fits(*note, listed.size, rows[0])) co_return Result<void>{};
    const bool was_pinned = !rows[0].is_null(2);
    if (was_pinned && !is_spare && !std::ranges::equal(rows[0].blob(2), listed.object.id)) {
        found.spare.push_back(listed);
        co_return Result<void>{};
    }
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorb_pins (hash, state, node, size, since, waiting_since, next_try, object, "
        "sealed) VALUES ($1, 'pinned', '', $2, $3, $3, $3, $4, $5) ON CONFLICT (hash) DO UPDATE "
        "SET state = 'pinned', last_error = '', object = excluded.object, "
        "sealed = excluded.sealed",
        {note->xorb.view(), static_cast<std::int64_t>(listed.size), now, ByteView(listed.object.id),
         ByteView(listed.object.sealed)}));
    found.taken.insert(note->xorb);
    ++done.pinned;
    if (!was_pinned) ++done.adopted;
    co_return Result<void>{};
}

Task<Result<void>> take_page(db::Transaction& transaction,
                             const std::vector<store::ListedObject>& objects, UnixMillis now,
                             bool are_spare, Found& found, PinsMended& done) {
    for (const auto& listed : objects)
        CO_TRY(co_await take_object(transaction, listed, now, are_spare, found, done));
    co_return co_await transaction.commit();
}

Task<Result<void>> forget_others(db::Transaction& transaction, const Found& found,
                                 PinsMended& done) {
    std::vector<db::Params> batch;
    std::vector<xet::Hash> gone;
    const auto rows =
        CO_TRY(co_await transaction.query("SELECT hash, state FROM xorb_pins ORDER BY hash"));
    for (const auto& row : rows) {
        const auto hash = CO_TRY(hash_of(row, 0));
        if (found.taken.contains(hash)) continue;
        gone.push_back(hash);
        if (row.text(1) == "pinned") ++done.lost;
    }
    batch.reserve(gone.size());
    for (const auto& hash : gone)
        batch.push_back({hash.view()});
    CO_TRY(co_await transaction.execute_many("DELETE FROM xorb_pins WHERE hash = $1", batch));
    CO_TRY(co_await transaction.query("UPDATE repo_durability SET local = 1, look = 1"));
    CO_TRY(co_await transaction.query("DELETE FROM xorbs_without_pin"));
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorbs_without_pin (hash) SELECT x.hash FROM xorbs x WHERE NOT EXISTS "
        "(SELECT 1 FROM xorb_pins p WHERE p.hash = x.hash)"));
    const auto never = CO_TRY(co_await transaction.query(
        "SELECT COUNT(*) FROM xorbs x WHERE NOT EXISTS (SELECT 1 FROM xorb_pins p "
        "WHERE p.hash = x.hash)"));
    done.never = static_cast<std::uint64_t>(never.at(0).integer(0)) - done.lost;
    co_return co_await transaction.commit();
}

// A file that several commits of a repository have is one.
Task<Result<std::vector<Bytes>>> blobs_of(db::Database& database, std::int64_t repo,
                                          const xet::Hash& file) {
    const auto rows = CO_TRY(co_await database.query(
        "SELECT DISTINCT b.blob FROM lfs_objects o JOIN repo_files b ON b.repo_id = o.repo_id "
        "AND b.sha256 = o.sha256 WHERE o.repo_id = $1 AND o.file_hash = $2 ORDER BY b.blob",
        {repo, file.view()}, db::Weight::scan));
    std::vector<Bytes> blobs;
    blobs.reserve(rows.size());
    for (const auto& row : rows)
        blobs.push_back(row.blob(0));
    co_return blobs;
}

constexpr std::string_view kFiles =
    "SELECT f.repo_id, f.file_hash, f.size, r.kind, r.namespace, r.name "
    "FROM reconstruction_files f JOIN repos r ON r.id = f.repo_id WHERE ";

Task<Result<MissingFile>> file_of(db::Database& database, const db::Row& row) {
    MissingFile file{.repo = row.integer(0),
                     .repo_name = row.text(3) + " " + row.text(4) + "/" + row.text(5),
                     .file = CO_TRY(hash_of(row, 1)),
                     .size = static_cast<std::uint64_t>(row.integer(2)),
                     .blobs = {}};
    file.blobs = CO_TRY(co_await blobs_of(database, file.repo, file.file));
    co_return file;
}

}  // namespace

Task<Result<PinsMended>> mend_pins(db::Database& database, store::RemoteBodies& remote,
                                   const Clock& clock) {
    PinsMended done;
    Found found;
    store::ListCursor cursor;
    for (bool more = true; more;) {
        const auto page = CO_TRY(co_await remote.list(cursor));
        // Not run again after a lost race: nobody else is there, and it counts.
        const auto transaction = CO_TRY(co_await database.begin());
        CO_TRY(co_await take_page(*transaction, page.objects, clock.now(), false, found, done));
        cursor = page.next;
        more = page.more;
    }
    const auto spare = std::move(found.spare);
    {
        const auto transaction = CO_TRY(co_await database.begin());
        CO_TRY(co_await take_page(*transaction, spare, clock.now(), true, found, done));
    }
    const auto transaction = CO_TRY(co_await database.begin());
    CO_TRY(co_await forget_others(*transaction, found, done));
    co_return done;
}

Task<Result<std::vector<MissingFile>>> missing_files(db::Database& database) {
    const auto rows = CO_TRY(co_await database.query(
        std::string(kFiles) +
            "EXISTS (SELECT 1 FROM reconstruction_terms t WHERE t.file_hash = f.file_hash AND NOT "
            "EXISTS (SELECT 1 FROM xorb_pins p WHERE p.hash = t.xorb_hash AND p.state = 'pinned') "
            "AND NOT EXISTS (SELECT 1 FROM xorb_bodies b WHERE b.hash = t.xorb_hash)) "
            "ORDER BY r.kind, r.full_key, f.file_hash",
        {}, db::Weight::scan));
    std::vector<MissingFile> missing;
    missing.reserve(rows.size());
    for (const auto& row : rows)
        missing.push_back(CO_TRY(co_await file_of(database, row)));
    co_return missing;
}

Task<Result<std::vector<MissingFile>>> files_with(db::Database& database,
                                                  std::vector<xet::Hash> xorbs) {
    std::map<std::pair<std::int64_t, xet::Hash>, MissingFile> found;
    for (const auto& xorb : xorbs) {
        const auto rows = CO_TRY(co_await database.query(
            std::string(kFiles) +
                "f.file_hash IN (SELECT file_hash FROM reconstruction_terms WHERE xorb_hash = $1)",
            {xorb.view()}, db::Weight::scan));
        for (const auto& row : rows) {
            auto file = CO_TRY(co_await file_of(database, row));
            found.try_emplace({file.repo, file.file}, std::move(file));
        }
    }
    std::vector<MissingFile> files;
    files.reserve(found.size());
    for (auto& [key, file] : found)
        files.push_back(std::move(file));
    co_return files;
}

}  // namespace siahub::backup
