#include "store/pins.hpp"

#include "db/lock_order.hpp"
#include "db/transact.hpp"
#include "store/columns.hpp"

namespace siahub::store {
namespace {

constexpr std::size_t kLongestError = 500;

std::vector<db::Params> batch_of(std::span<const WaitingXorb> xorbs, const db::Params& others) {
    std::vector<db::Params> batch;
    batch.reserve(xorbs.size());
    for (const auto& waiting : xorbs) {
        auto& params = batch.emplace_back(db::Params{waiting.xorb.view()});
        params.insert(params.end(), others.begin(), others.end());
    }
    db::sort_by_bytes(batch, 0);
    return batch;
}

Task<Result<void>> update_all(db::Transaction& transaction, std::string_view sql,
                              const std::vector<db::Params>& batch) {
    CO_TRY(co_await transaction.execute_many(sql, batch));
    co_return co_await transaction.commit();
}

// The hashes of the rows that were ours to change.
Task<Result<std::vector<xet::Hash>>> claim(db::Transaction& transaction,
                                           const std::vector<db::Params>& batch) {
    std::vector<xet::Hash> claimed;
    for (const auto& params : batch) {
        const auto rows = CO_TRY(co_await transaction.query(
            "UPDATE xorb_pins SET state = 'uploading', since = $3, "
            "first_upload = COALESCE(first_upload, $3) "
            "WHERE hash = $1 AND node = $2 AND state IN ('stored', 'packing') RETURNING hash",
            params));
        for (const auto& row : rows)
            claimed.push_back(hash_column(row, 0));
    }
    CO_TRY(co_await transaction.commit());
    co_return claimed;
}

Task<Result<void>> enrol_bodies(db::Transaction& transaction, std::string_view node,
                                UnixMillis now) {
    // Xorbs whose body is lost are wanted no more.
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorbs_without_pin (hash) SELECT hash FROM xorb_pins WHERE node = $1 "
        "AND state <> 'pinned' AND NOT EXISTS "
        "(SELECT 1 FROM xorb_bodies b WHERE b.hash = xorb_pins.hash) "
        "ON CONFLICT (hash) DO NOTHING",
        {node}));
    CO_TRY(co_await transaction.query(
        "DELETE FROM xorb_pins WHERE node = $1 AND state <> 'pinned' AND NOT EXISTS "
        "(SELECT 1 FROM xorb_bodies b WHERE b.hash = xorb_pins.hash)",
        {node}));
    CO_TRY(co_await transaction.query(
        "UPDATE xorb_pins SET node = $1 WHERE node <> $1 AND state <> 'pinned' "
        "AND EXISTS (SELECT 1 FROM xorb_bodies b WHERE b.hash = xorb_pins.hash AND b.node = $1) "
        "AND NOT EXISTS (SELECT 1 FROM xorb_bodies b WHERE b.hash = xorb_pins.hash AND "
        "b.node = xorb_pins.node)",
        {node}));
    CO_TRY(co_await transaction.query(
        "INSERT INTO xorb_pins (hash, state, node, size, since, waiting_since, next_try) "
        "SELECT b.hash, 'stored', b.node, b.size, $2, $2, $2 FROM xorb_bodies b "
        "WHERE b.node = $1 AND NOT EXISTS (SELECT 1 FROM xorb_pins p WHERE p.hash = b.hash) "
        "ON CONFLICT (hash) DO NOTHING",
        {node, now}));
    CO_TRY(co_await transaction.query(
        "DELETE FROM xorbs_without_pin WHERE EXISTS "
        "(SELECT 1 FROM xorb_pins p WHERE p.hash = xorbs_without_pin.hash)"));
    co_return co_await transaction.commit();
}

ObjectId id_column(const db::Row& row, std::size_t column) {
    ObjectId id{};
    const auto& bytes = row.blob(column);
    if (bytes.size() != id.size()) throw std::runtime_error("An object id of Sia is damaged.");
    std::ranges::copy(bytes, id.begin());
    return id;
}

std::optional<RemoteObject> object_columns(const db::Row& row, std::size_t column) {
    if (row.is_null(column) || row.is_null(column + 1)) return std::nullopt;
    return RemoteObject{.id = id_column(row, column), .sealed = row.blob(column + 1)};
}

PinInfo info_of(const db::Row& row) {
    PinInfo info;
    info.xorb = hash_column(row, 0);
    info.state = row.text(1);
    info.node = row.text(2);
    info.last_error = row.text(3);
    info.size = unsigned_column(row, 4);
    info.tries = row.integer(5);
    info.since = row.integer(6);
    info.waiting_since = row.integer(7);
    info.next_try = row.integer(8);
    if (info.state == "pinned") info.object = object_columns(row, 9);
    return info;
}

}  // namespace

Task<Result<void>> Pins::enrol() {
    co_return co_await db::transact(database_, db::Isolation::read_committed, enrol_bodies,
                                    std::string_view(node_), clock_.now());
}

Task<Result<std::vector<WaitingXorb>>> Pins::due(std::size_t most) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT p.hash, b.size, p.tries, p.waiting_since, p.state FROM xorb_pins p JOIN "
        "xorb_bodies b "
        "ON b.hash = p.hash AND b.node = p.node WHERE p.node = $1 "
        "AND p.state IN ('stored', 'packing') AND p.next_try <= $2 "
        "ORDER BY p.waiting_since, p.hash LIMIT $3",
        {std::string_view(node_), clock_.now(), as_integer(most)}, db::Weight::scan));
    std::vector<WaitingXorb> waiting;
    waiting.reserve(rows.size());
    for (const auto& row : rows)
        waiting.push_back({hash_column(row, 0), unsigned_column(row, 1), row.integer(2),
                           row.integer(3), row.text(4) == "stored"});
    co_return waiting;
}

Task<Result<void>> Pins::packing(std::span<const WaitingXorb> xorbs) {
    const auto batch = batch_of(xorbs, {std::string_view(node_), clock_.now()});
    co_return co_await db::transact(
        database_, db::Isolation::read_committed, update_all,
        std::string_view("UPDATE xorb_pins SET state = 'packing', since = $3 "
                         "WHERE hash = $1 AND node = $2 AND state = 'stored'"),
        batch);
}

Task<Result<std::vector<WaitingXorb>>> Pins::begin_upload(std::span<const WaitingXorb> xorbs) {
    const auto batch = batch_of(xorbs, {std::string_view(node_), clock_.now()});
    const auto claimed =
        CO_TRY(co_await db::transact(database_, db::Isolation::read_committed, claim, batch));
    std::vector<WaitingXorb> ours;
    std::ranges::copy_if(xorbs, std::back_inserter(ours), [&](const auto& waiting) {
        return std::ranges::find(claimed, waiting.xorb) != claimed.end();
    });
    co_return ours;
}

Task<Result<bool>> Pins::pinned(xet::Hash xorb, const RemoteObject& object) {
    const auto rows = CO_TRY(co_await database_.execute(
        "UPDATE xorb_pins SET state = 'pinned', since = $3, last_error = '', object = $4, "
        "sealed = $5, news = 1 WHERE hash = $1 AND node = $2 AND state <> 'pinned' RETURNING hash",
        {xorb.view(), std::string_view(node_), clock_.now(), ByteView(object.id),
         ByteView(object.sealed)}));
    co_return !rows.empty();
}

Task<Result<void>> Pins::put_back(std::span<const WaitingXorb> xorbs, PinFailure failure) {
    const auto cause = std::string(failure.cause.substr(0, kLongestError));
    const auto batch = batch_of(
        xorbs, {std::string_view(node_), clock_.now(), failure.next_try, std::string_view(cause)});
    co_return co_await db::transact(
        database_, db::Isolation::read_committed, update_all,
        std::string_view("UPDATE xorb_pins SET state = 'packing', since = $3, tries = tries + 1, "
                         "next_try = $4, last_error = $5 "
                         "WHERE hash = $1 AND node = $2 AND state = 'uploading'"),
        batch);
}

Task<Result<void>> Pins::hurry() {
    CO_TRY(
        co_await database_.execute("UPDATE xorb_pins SET next_try = $2 WHERE node = $1 "
                                   "AND state IN ('stored', 'packing') AND next_try > $2",
                                   {std::string_view(node_), clock_.now()}));
    co_return Result<void>{};
}

Task<Result<std::optional<UnixMillis>>> Pins::unfinished_since() {
    const auto rows = CO_TRY(
        co_await database_.query("SELECT MIN(first_upload) FROM xorb_pins WHERE node = $1 AND "
                                 "state IN ('packing', 'uploading')",
                                 {std::string_view(node_)}, db::Weight::scan));
    if (rows.at(0).is_null(0)) co_return std::nullopt;
    co_return rows[0].integer(0);
}

Task<Result<void>> Pins::resume() {
    CO_TRY(
        co_await database_.execute("UPDATE xorb_pins SET state = 'packing', since = $2 "
                                   "WHERE node = $1 AND state = 'uploading'",
                                   {std::string_view(node_), clock_.now()}));
    co_return Result<void>{};
}

Task<Result<std::optional<RemoteObject>>> Pins::object(xet::Hash xorb) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT object, sealed FROM xorb_pins WHERE hash = $1 AND state = 'pinned'",
        {xorb.view()}));
    if (rows.empty()) co_return std::nullopt;
    co_return object_columns(rows[0], 0);
}

Task<Result<std::vector<PinInfo>>> Pins::query(std::string_view sql, db::Params params) {
    const auto rows = CO_TRY(co_await database_.query(sql, std::move(params), db::Weight::scan));
    std::vector<PinInfo> found;
    found.reserve(rows.size());
    for (const auto& row : rows)
        found.push_back(info_of(row));
    co_return found;
}

Task<Result<std::optional<PinInfo>>> Pins::find(xet::Hash xorb) {
    auto found = CO_TRY(co_await query(
        "SELECT hash, state, node, last_error, size, tries, since, waiting_since, next_try, "
        "object, sealed FROM xorb_pins WHERE hash = $1",
        {xorb.view()}));
    if (found.empty()) co_return std::nullopt;
    co_return std::move(found.front());
}

Task<Result<std::vector<PinInfo>>> Pins::find_all(std::span<const xet::Hash> xorbs) {
    std::vector<PinInfo> found;
    for (const auto& xorb : xorbs)
        if (auto info = CO_TRY(co_await find(xorb))) found.push_back(*std::move(info));
    co_return found;
}

Task<Result<bool>> Pins::retry_now(xet::Hash xorb) {
    const auto rows = CO_TRY(co_await database_.execute(
        "UPDATE xorb_pins SET next_try = 0 WHERE hash = $1 AND state IN ('stored', 'packing') "
        "RETURNING hash",
        {xorb.view()}));
    co_return !rows.empty();
}

Task<Result<bool>> Pins::all_pinned(std::span<const xet::Hash> xorbs) {
    for (const auto& xorb : xorbs) {
        const auto rows = CO_TRY(co_await database_.query(
            "SELECT 1 FROM xorb_pins WHERE hash = $1 AND state = 'pinned'", {xorb.view()}));
        if (rows.empty()) co_return false;
    }
    co_return true;
}

Task<Result<std::map<std::string, PinCount>>> Pins::counts() {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT state, COUNT(*), CAST(SUM(size) AS BIGINT) FROM xorb_pins GROUP BY state", {},
        db::Weight::scan));
    std::map<std::string, PinCount> counts;
    for (const auto& row : rows)
        counts[row.text(0)] = {.xorbs = row.integer(1), .bytes = row.integer(2)};
    co_return counts;
}

Task<Result<std::vector<PinInfo>>> Pins::failures(std::size_t most) {
    co_return co_await query(
        "SELECT hash, state, node, last_error, size, tries, since, waiting_since, next_try, "
        "object, sealed FROM xorb_pins WHERE state IN ('stored', 'packing', 'uploading') "
        "AND last_error <> '' "
        "ORDER BY since DESC, hash LIMIT $1",
        {as_integer(most)});
}

}  // namespace siahub::store
