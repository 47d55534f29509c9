#include "store/xorb_store.hpp"

#include "db/transact.hpp"
#include "store/columns.hpp"

namespace siahub::store {
namespace {

constexpr std::string_view kNoteUpload =
    "INSERT INTO xorb_uploads (repo_id, xorb_hash, uploaded_at) VALUES ($1, $2, $3) "
    "ON CONFLICT (repo_id, xorb_hash) DO UPDATE SET uploaded_at = excluded.uploaded_at";

// What write_rows() says about one node's body.
struct BodyRow {
    const xet::XorbIndex& index;
    ByteView blob;  // the index, serialized
    std::string_view node;
    UnixMillis gone_before;  // nodes that were heard of last before this are gone
    std::optional<RowId> sent_by;
    UnixMillis now;
    bool wanted_on_sia;
};

// Locks the row of the xorb. False when that describes another serialization.
Task<Result<bool>> insert_xorb(db::Transaction& transaction, const BodyRow& body) {
    const auto& index = body.index;
    const auto rows = CO_TRY(co_await transaction.query(
        "INSERT INTO xorbs (hash, chunk_count, unpacked_size, stored_size, chunk_index, state, "
        "created_at) VALUES ($1, $2, $3, $4, $5, 'stored', $6) ON CONFLICT (hash) DO UPDATE SET "
        "state = 'stored' RETURNING chunk_index = $5",
        {index.xorb.view(), as_integer(index.chunk_count()), as_integer(index.unpacked_size()),
         as_integer(index.records_size()), body.blob, body.now}));
    co_return rows.at(0).boolean(0);
}

// The bodies that fit the row are gone with their nodes: from here on ours is what it describes.
// False when one is not.
Task<Result<bool>> replace_serialization(db::Transaction& transaction, const BodyRow& body) {
    const auto holders = CO_TRY(
        co_await transaction.query("SELECT 1 FROM xorb_bodies b JOIN nodes n ON n.id = b.node "
                                   "WHERE b.hash = $1 AND b.node <> $2 AND n.seen_at >= $3 "
                                   "UNION ALL SELECT 1 FROM xorb_pins p WHERE p.hash = $1 "
                                   "AND p.state = 'pinned'",
                                   {body.index.xorb.view(), body.node, body.gone_before}));
    if (!holders.empty()) co_return false;
    CO_TRY(co_await transaction.query("DELETE FROM xorb_bodies WHERE hash = $1",
                                      {body.index.xorb.view()}));
    CO_TRY(co_await transaction.query(
        "UPDATE xorbs SET stored_size = $1, chunk_index = $2 WHERE hash = $3",
        {as_integer(body.index.records_size()), body.blob, body.index.xorb.view()}));
    co_return true;
}

// Who has the body pins it: when that was a node that has lost it, then from now on this one.
Task<Result<void>> want_on_sia(db::Transaction& transaction, const BodyRow& body) {
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorb_pins (hash, state, node, size, since, waiting_since, next_try) "
        "VALUES ($1, 'stored', $2, $3, $4, $4, $4) ON CONFLICT (hash) DO UPDATE SET "
        "node = excluded.node, size = excluded.size WHERE xorb_pins.state <> 'pinned' "
        "AND NOT EXISTS (SELECT 1 FROM xorb_bodies b WHERE b.hash = excluded.hash "
        "AND b.node = xorb_pins.node)",
        {body.index.xorb.view(), body.node, as_integer(body.index.records_size()), body.now}));
    CO_TRY(co_await transaction.query("DELETE FROM xorbs_without_pin WHERE hash = $1",
                                      {body.index.xorb.view()}));
    co_return Result<void>{};
}

Task<Result<void>> leave_unpinned(db::Transaction& transaction, const BodyRow& body) {
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorbs_without_pin (hash) SELECT $1 WHERE NOT EXISTS "
        "(SELECT 1 FROM xorb_pins p WHERE p.hash = $1) ON CONFLICT (hash) DO NOTHING",
        {body.index.xorb.view()}));
    co_return Result<void>{};
}

Task<Result<bool>> write_rows(db::Transaction& transaction, const BodyRow& body) {
    if (!CO_TRY(co_await insert_xorb(transaction, body)) &&
        !CO_TRY(co_await replace_serialization(transaction, body)))
        co_return false;
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorb_bodies (hash, node, size, stored_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (hash, node) DO UPDATE SET size = excluded.size, "
        "stored_at = excluded.stored_at",
        {body.index.xorb.view(), body.node, as_integer(body.index.records_size()), body.now}));
    if (body.wanted_on_sia) {
        CO_TRY(co_await want_on_sia(transaction, body));
    } else {
        CO_TRY(co_await leave_unpinned(transaction, body));
    }
    if (body.sent_by)
        CO_TRY(co_await transaction.query(kNoteUpload,
                                          {*body.sent_by, body.index.xorb.view(), body.now}));
    CO_TRY(co_await transaction.commit());
    co_return true;
}

}  // namespace

XorbUpload::XorbUpload(XorbStore& store, xet::Hash expected, RowId repo)
    : store_(store), expected_(expected), repo_(repo) {}

Task<Result<void>> XorbUpload::feed(ByteView piece) {
    if (!existing_) existing_.emplace(CO_TRY(co_await store_.find_intact(expected_)));
    co_return co_await store_.pools_.compute.run([&] { return take(piece); });
}

// Verifying and writing in one go: the bytes are in the cache of the core that hashed them.
Result<void> XorbUpload::take(ByteView piece) {
    const auto records = TRY(verifier_.feed(piece));
    if (*existing_ != nullptr) return {};
    if (!file_) file_.emplace(TRY(store_.bodies_.new_temp_file()));
    return file_->append(piece.first(records));
}

Task<Result<StoredXorb>> XorbUpload::finish() {
    auto index = CO_TRY(verifier_.finish(expected_));
    if (existing_ && *existing_ != nullptr) {
        CO_TRY(co_await store_.note_existing(expected_, repo_));
        co_return StoredXorb{.index = *existing_, .was_inserted = false};
    }
    if (!file_) co_return fail(Code::invalid_argument, "The xorb is empty.");
    co_return co_await store_.commit(std::move(*file_), std::move(index), repo_);
}

XorbStore::XorbStore(db::Database& database, LocalBodies& bodies, XorbCatalog& catalog,
                     Nodes& nodes, Pools pools, const Clock& clock, bool wanted_on_sia)
    : database_(database),
      bodies_(bodies),
      catalog_(catalog),
      nodes_(nodes),
      pools_(pools),
      clock_(clock),
      wanted_on_sia_(wanted_on_sia) {}

std::unique_ptr<XorbUpload> XorbStore::begin(const xet::Hash& expected, RowId repo) {
    return std::make_unique<XorbUpload>(*this, expected, repo);
}

Task<Result<SharedIndex>> XorbStore::find_intact(xet::Hash xorb) {
    auto index = co_await catalog_.find(xorb);
    if (!index) {
        if (index.error().code == Code::not_found) co_return SharedIndex{};
        co_return Failure(std::move(index).error());
    }
    const auto size = co_await pools_.disk.run([&] { return bodies_.size_of(xorb); });
    if (size == (*index)->records_size() || CO_TRY(co_await nodes_.held_elsewhere(xorb)))
        co_return std::move(*index);
    co_return SharedIndex{};
}

Task<Result<StoredXorb>> XorbStore::commit(TempFile file, xet::XorbIndex index,
                                           std::optional<RowId> sent_by) {
    const xet::Hash hash = index.xorb;
    const auto lock = co_await stripes_[hash.word(2) % stripes_.size()].lock();
    if (auto existing = CO_TRY(co_await find_intact(hash)))
        co_return co_await take_existing(std::move(existing), sent_by);
    const auto shared = std::make_shared<const xet::XorbIndex>(std::move(index));
    CO_TRY(co_await pools_.disk.run([&] { return bodies_.place(hash, file); }));
    const auto inserted = co_await insert_rows(shared, sent_by);
    if (inserted && *inserted) co_return StoredXorb{.index = shared, .was_inserted = true};
    CO_TRY(co_await pools_.disk.run([&] { return bodies_.remove(hash); }));
    if (!inserted) co_return Failure(inserted.error());
    co_return co_await take_existing(CO_TRY(co_await catalog_.find(hash)), sent_by);
}

// Rows that exist may describe a body that was lost, perhaps in another serialization.
Task<Result<bool>> XorbStore::insert_rows(SharedIndex index, std::optional<RowId> sent_by) {
    const auto blob = index->serialize();
    const BodyRow body{.index = *index,
                       .blob = blob,
                       .node = nodes_.own(),
                       .gone_before = nodes_.gone_before(),
                       .sent_by = sent_by,
                       .now = clock_.now(),
                       .wanted_on_sia = wanted_on_sia_};
    const auto written =
        CO_TRY(co_await db::transact(database_, db::Isolation::read_committed, write_rows, body));
    if (written) {
        catalog_.put(std::move(index));
    } else {
        catalog_.drop(index->xorb);
    }
    co_return written;
}

Task<Result<StoredXorb>> XorbStore::take_existing(SharedIndex index, std::optional<RowId> sent_by) {
    if (sent_by) CO_TRY(co_await note_existing(index->xorb, *sent_by));
    co_return StoredXorb{.index = std::move(index), .was_inserted = false};
}

Task<Result<void>> XorbStore::note_existing(xet::Hash xorb, RowId repo) {
    CO_TRY(co_await database_.execute(kNoteUpload, {repo, xorb.view(), clock_.now()}));
    co_return Result<void>{};
}

}  // namespace siahub::store
