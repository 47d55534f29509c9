#include "store/durability.hpp"

namespace siahub::store {
namespace {

constexpr std::string_view kNoteFiles =
    "INSERT INTO repo_durability (repo_id, local, look, version) VALUES ($1, 1, 1, 1) "
    "ON CONFLICT (repo_id) DO UPDATE SET local = 1, look = 1, "
    "version = repo_durability.version + 1";

constexpr std::string_view kNoteLoss =
    "UPDATE repo_durability SET local = 1, look = 1, version = version + 1 WHERE repo_id IN "
    "(SELECT f.repo_id FROM reconstruction_terms t JOIN reconstruction_files f "
    "ON f.file_hash = t.file_hash WHERE t.xorb_hash = $1)";

// Ends at the first.
constexpr std::string_view kFindWitness =
    "SELECT t.xorb_hash FROM reconstruction_files f JOIN reconstruction_terms t "
    "ON t.file_hash = f.file_hash WHERE f.repo_id = $1 AND NOT EXISTS "
    "(SELECT 1 FROM xorb_pins p WHERE p.hash = t.xorb_hash AND p.state = 'pinned') LIMIT 1";

constexpr std::string_view kFound =
    "UPDATE repo_durability SET local = $3, look = 0, witness = $4 "
    "WHERE repo_id = $1 AND version = $2";

}  // namespace

Task<Result<void>> Durability::note_files(db::Transaction& transaction, RowId repo) {
    CO_TRY(co_await transaction.query(kNoteFiles, {repo}));
    co_return Result<void>{};
}

Task<Result<void>> Durability::note_loss(db::Transaction& transaction, xet::Hash xorb) {
    CO_TRY(co_await transaction.query(kNoteLoss, {xorb.view()}));
    co_return Result<void>{};
}

Task<Result<bool>> Durability::settle(std::int64_t most) {
    bool more = CO_TRY(co_await spread_news(most));
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT repo_id, version FROM repo_durability WHERE look = 1 ORDER BY repo_id LIMIT $1",
        {most}, db::Weight::scan));
    for (const auto& row : rows)
        CO_TRY(co_await look_at({row.integer(0), row.integer(1)}));
    co_return more || std::ssize(rows) == most;
}

// Marked first and forgotten then: a crash in between only makes it happen twice.
Task<Result<bool>> Durability::spread_news(std::int64_t most) {
    const auto rows = CO_TRY(
        co_await database_.query("SELECT hash FROM xorb_pins WHERE news = 1 ORDER BY hash LIMIT $1",
                                 {most}, db::Weight::scan));
    if (rows.empty()) co_return false;
    std::vector<db::Params> xorbs;
    xorbs.reserve(rows.size());
    for (const auto& row : rows)
        xorbs.push_back({ByteView(row.blob(0))});
    for (const auto* sql : {"UPDATE repo_durability SET look = 1 WHERE witness = $1",
                            "UPDATE xorb_pins SET news = 0 WHERE hash = $1"}) {
        const auto transaction = CO_TRY(co_await database_.begin(db::Isolation::read_committed));
        CO_TRY(co_await transaction->execute_many(sql, xorbs));
        CO_TRY(co_await transaction->commit());
    }
    co_return std::ssize(rows) == most;
}

Task<Result<void>> Durability::look_at(Look look) {
    const auto witness = CO_TRY(co_await find_witness(look.repo));
    db::Param value = nullptr;
    if (witness) value = ByteView(*witness);
    CO_TRY(co_await database_.execute(
        kFound, {look.repo, look.version, std::int64_t{witness.has_value()}, value}));
    // News of before this was written passed it by.
    if (witness && CO_TRY(co_await is_pinned(*witness)))
        CO_TRY(co_await database_.execute(
            "UPDATE repo_durability SET look = 1 WHERE repo_id = $1 AND witness = $2",
            {look.repo, ByteView(*witness)}));
    co_return Result<void>{};
}

Task<Result<std::optional<Bytes>>> Durability::find_witness(RowId repo) {
    const auto rows = CO_TRY(co_await database_.query(kFindWitness, {repo}, db::Weight::scan));
    if (rows.empty()) co_return std::nullopt;
    co_return rows[0].blob(0);
}

Task<Result<bool>> Durability::is_pinned(ByteView xorb) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT 1 FROM xorb_pins WHERE hash = $1 AND state = 'pinned'", {xorb}));
    co_return !rows.empty();
}

}  // namespace siahub::store
