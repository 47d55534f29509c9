#include "store/xorb_store.hpp"

#include "db/transact.hpp"
#include "store/columns.hpp"

namespace siahub::store {
namespace {

constexpr std::string_view kNoteUpload =
    "INSERT INTO xorb_uploads (repo_id, xorb_hash, uploaded_at) VALUES ($1, $2, $3) "
    "ON CONFLICT (repo_id, xorb_hash) DO UPDATE SET uploaded_at = excluded.uploaded_at";

Task<Result<void>> write_rows(db::Transaction& transaction, const xet::XorbIndex& index,
                              ByteView blob, std::optional<RowId> sent_by, UnixMillis now) {
    const auto size = as_integer(index.records_size());
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorbs (hash, chunk_count, unpacked_size, stored_size, chunk_index, state, "
        "created_at) VALUES ($1, $2, $3, $4, $5, 'stored', $6) ON CONFLICT (hash) DO UPDATE SET "
        "stored_size = excluded.stored_size, chunk_index = excluded.chunk_index, "
        "state = excluded.state",
        {index.xorb.view(), as_integer(index.chunk_count()), as_integer(index.unpacked_size()),
         size, blob, now}));
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorb_bodies (hash, size, stored_at) VALUES ($1, $2, $3) ON CONFLICT (hash) "
        "DO UPDATE SET size = excluded.size, stored_at = excluded.stored_at",
        {index.xorb.view(), size, now}));
    if (sent_by)
        CO_TRY(co_await transaction.query(kNoteUpload, {*sent_by, index.xorb.view(), now}));
    co_return co_await transaction.commit();
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

XorbStore::XorbStore(db::Database& database, LocalBodies& bodies, XorbCatalog& catalog, Pools pools,
                     const Clock& clock)
    : database_(database), bodies_(bodies), catalog_(catalog), pools_(pools), clock_(clock) {}

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
    if (size != (*index)->records_size()) co_return SharedIndex{};
    co_return std::move(*index);
}

Task<Result<StoredXorb>> XorbStore::commit(TempFile file, xet::XorbIndex index,
                                           std::optional<RowId> sent_by) {
    const xet::Hash hash = index.xorb;
    const auto lock = co_await stripes_[hash.word(2) % stripes_.size()].lock();
    if (auto existing = CO_TRY(co_await find_intact(hash))) {
        if (sent_by) CO_TRY(co_await note_existing(hash, *sent_by));
        co_return StoredXorb{.index = std::move(existing), .was_inserted = false};
    }
    const auto shared = std::make_shared<const xet::XorbIndex>(std::move(index));
    CO_TRY(co_await pools_.disk.run([&] { return bodies_.place(hash, file); }));
    if (auto inserted = co_await insert_rows(shared, sent_by); !inserted) {
        CO_TRY(co_await pools_.disk.run([&] { return bodies_.remove(hash); }));
        co_return Failure(std::move(inserted).error());
    }
    co_return StoredXorb{.index = shared, .was_inserted = true};
}

// Rows that exist describe a body that was lost, perhaps in another serialization.
Task<Result<void>> XorbStore::insert_rows(SharedIndex index, std::optional<RowId> sent_by) {
    const auto blob = index->serialize();
    CO_TRY(co_await db::transact(database_, db::Isolation::read_committed, write_rows, *index, blob,
                                 sent_by, clock_.now()));
    catalog_.put(std::move(index));
    co_return Result<void>{};
}

Task<Result<void>> XorbStore::note_existing(xet::Hash xorb, RowId repo) {
    CO_TRY(co_await database_.execute(kNoteUpload, {repo, xorb.view(), clock_.now()}));
    co_return Result<void>{};
}

}  // namespace siahub::store
