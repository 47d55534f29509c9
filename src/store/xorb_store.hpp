#pragma once
// The way in for xorbs: verifies an upload while it arrives, keeps its chunk records, and writes
// file and rows in the order that survives a crash: file synced, renamed, directory synced, rows
// committed. When finish() returns the xorb is durable and readable. The first accepted
// serialization of a xorb is kept, on all nodes; signed byte ranges point into it. A xorb that
// another node holds is not stored a second time, unless that node is gone, nor is one that is on
// Sia. Where Sia is wanted, a new xorb begins to wait for it in the same transaction
// (store/pins.hpp).
//
// A XorbUpload belongs to one task and holds about one chunk record of memory and 40 bytes per
// chunk; dropping it leaves nothing behind. XorbStore is thread-safe and outlives its uploads.
// Errors: invalid_argument and payload_too_large for bad bytes, unavailable when the disk is full.

#include "core/async_mutex.hpp"
#include "core/clock.hpp"
#include "core/ids.hpp"
#include "store/local_bodies.hpp"
#include "store/nodes.hpp"
#include "store/xorb_catalog.hpp"
#include "xet/xorb_verifier.hpp"

#include <array>

namespace siahub::store {

struct StoredXorb {
    SharedIndex index;
    bool was_inserted = false;  // false: it existed already, which is success too
};

class XorbStore;

class XorbUpload {
  public:
    XorbUpload(XorbStore& store, xet::Hash expected, RowId repo);

    // Pieces of 256 KiB to 1 MiB cost least. `piece` outlives the call. After an error the upload
    // is over.
    Task<Result<void>> feed(ByteView piece);
    Task<Result<StoredXorb>> finish();

  private:
    Result<void> take(ByteView piece);

    XorbStore& store_;
    xet::Hash expected_;
    RowId repo_;
    // Unset until asked; null when the xorb does not exist yet. Its copy is then only verified.
    std::optional<SharedIndex> existing_;
    xet::XorbVerifier verifier_;
    std::optional<TempFile> file_;
};

class XorbStore {
  public:
    XorbStore(db::Database& database, LocalBodies& bodies, XorbCatalog& catalog, Nodes& nodes,
              Pools pools, const Clock& clock, bool wanted_on_sia);

    // Every upload is verified, also that of a xorb which exists. It is noted that `repo` sent the
    // xorb (store/upload_notes.hpp).
    std::unique_ptr<XorbUpload> begin(const xet::Hash& expected, RowId repo);
    // Makes a verified xorb durable and known; `file` holds exactly the records of `index`.
    Task<Result<StoredXorb>> commit(TempFile file, xet::XorbIndex index,
                                    std::optional<RowId> sent_by = {});
    // Rows for a body that is in place already. False, and nothing written, when another node has
    // the xorb in another serialization.
    Task<Result<bool>> insert_rows(SharedIndex index, std::optional<RowId> sent_by = {});
    // Null unless rows and a body of the right size are there, or a body on another node or on Sia.
    Task<Result<SharedIndex>> find_intact(xet::Hash xorb);

  private:
    friend class XorbUpload;
    Task<Result<StoredXorb>> take_existing(SharedIndex index, std::optional<RowId> sent_by);
    Task<Result<void>> note_existing(xet::Hash xorb, RowId repo);

    db::Database& database_;
    LocalBodies& bodies_;
    XorbCatalog& catalog_;
    Nodes& nodes_;
    Pools pools_;
    const Clock& clock_;
    const bool wanted_on_sia_;
    std::array<AsyncMutex, 64> stripes_;  // one commit per hash at a time
};

}  // namespace siahub::store
