#include "store/pin_audit.hpp"

#include "db/transact.hpp"
#include "store/columns.hpp"
#include "store/durability.hpp"
#include "store/pin_note.hpp"

#include <map>
#include <unordered_map>

namespace siahub::store {
namespace {

// indexd tells of what was stored a moment ago later, and clocks differ.
constexpr UnixMillis kTooNew = 2LL * 60 * 1000;

struct Expected {
    ObjectId object{};
    bool is_new = false;
    bool was_listed = false;
};
using Pinned = std::unordered_map<xet::Hash, Expected>;

Task<Result<Pinned>> read_pinned(db::Database& database, UnixMillis now) {
    constexpr std::int64_t page = 4096;
    Pinned pinned;
    Bytes after;
    for (;;) {
        const auto rows = CO_TRY(co_await database.query(
            "SELECT hash, object, since FROM xorb_pins WHERE state = 'pinned' AND hash > $1 "
            "ORDER BY hash LIMIT $2",
            {ByteView(after), page}, db::Weight::scan));
        for (const auto& row : rows) {
            Expected expected{.is_new = row.integer(2) > now - kTooNew};
            const auto& id = row.blob(1);
            if (id.size() != expected.object.size())
                co_return fail(Code::internal, "An object id of Sia is damaged.");
            std::ranges::copy(id, expected.object.begin());
            pinned.emplace(hash_column(row, 0), expected);
        }
        if (std::ssize(rows) < page) co_return pinned;
        after = rows.back().blob(0);
    }
}

Task<Result<bool>> is_known(db::Database& database, const xet::Hash& xorb) {
    const auto rows =
        CO_TRY(co_await database.query("SELECT 1 FROM xorbs WHERE hash = $1", {xorb.view()}));
    co_return !rows.empty();
}

Task<Result<void>> compare(db::Database& database, const ListedObject& listed, Pinned& pinned,
                           PinAudit& audit) {
    const auto note = parse_pin_note(listed.note);
    if (!note) co_return Result<void>{};
    const auto found = pinned.find(note->xorb);
    if (found != pinned.end() && found->second.object == listed.object.id) {
        found->second.was_listed = true;
    } else if (found != pinned.end()) {
        ++audit.copies;
        audit.stranger_bytes += listed.size;
    } else if (!CO_TRY(co_await is_known(database, note->xorb))) {
        ++audit.strangers;
        audit.stranger_bytes += listed.size;
    }
    co_return Result<void>{};
}

// Whether a node has it. What another process has changed meanwhile stays.
Task<Result<bool>> mend_one(db::Transaction& transaction, const xet::Hash& xorb,
                            const ObjectId& object, UnixMillis now) {
    const auto wanted = CO_TRY(co_await transaction.query(
        "UPDATE xorb_pins SET state = 'stored', since = $3, waiting_since = $3, next_try = $3, "
        "tries = 0, first_upload = NULL, object = NULL, sealed = NULL, "
        "last_error = 'Sia had lost it.', "
        "node = (SELECT MIN(b.node) FROM xorb_bodies b WHERE b.hash = $1) "
        "WHERE hash = $1 AND state = 'pinned' AND object = $2 "
        "AND EXISTS (SELECT 1 FROM xorb_bodies b WHERE b.hash = $1) RETURNING hash",
        {xorb.view(), ByteView(object), now}));
    if (wanted.empty()) {
        CO_TRY(co_await transaction.query(
            "DELETE FROM xorb_pins WHERE hash = $1 AND state = 'pinned' AND object = $2",
            {xorb.view(), ByteView(object)}));
        CO_TRY(co_await transaction.query(
            "INSERT INTO xorbs_without_pin (hash) VALUES ($1) ON CONFLICT (hash) DO NOTHING",
            {xorb.view()}));
    }
    CO_TRY(co_await Durability::note_loss(transaction, xorb));
    CO_TRY(co_await transaction.commit());
    co_return !wanted.empty();
}

Task<Result<bool>> has_body(db::Database& database, const xet::Hash& xorb) {
    const auto rows =
        CO_TRY(co_await database.query("SELECT 1 FROM xorb_bodies WHERE hash = $1", {xorb.view()}));
    co_return !rows.empty();
}

}  // namespace

Task<Result<PinAudit>> audit_pins(db::Database& database, RemoteBodies& remote, const Clock& clock,
                                  bool mend) {
    PinAudit audit;
    auto pinned = CO_TRY(co_await read_pinned(database, clock.now()));
    audit.pinned = pinned.size();
    ListCursor cursor;
    for (bool more = true; more;) {
        const auto page = CO_TRY(co_await remote.list(cursor));
        for (const auto& listed : page.objects)
            CO_TRY(co_await compare(database, listed, pinned, audit));
        cursor = page.next;
        more = page.more;
    }
    const bool any = std::ranges::any_of(pinned, [](const auto& p) { return p.second.was_listed; });
    if (!any && !pinned.empty())
        co_return fail(
            Code::conflict,
            "Not one body of this hub is on Sia under this app key. Is it the right one?");
    for (const auto& [xorb, expected] : pinned) {
        if (expected.was_listed || expected.is_new) continue;
        const bool kept =
            mend ? CO_TRY(co_await db::transact(database, db::Isolation::read_committed, mend_one,
                                                xorb, expected.object, clock.now()))
                 : CO_TRY(co_await has_body(database, xorb));
        (kept ? audit.requeued : audit.lost).push_back(xorb);
    }
    co_return audit;
}

}  // namespace siahub::store
