#pragma once
// Remembers which xorbs came in through which repository, so that an upload that was broken off
// before it registered a file goes on where it stopped. A hash is no capability: holds() says yes
// only for bytes that the very repository sent in full, or that a file of it uses. A yes is a
// promise like a dedup answer, so any garbage collection must spare a noted xorb for
// kDedupPromise after its note ended. Thread-safe.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "store/dedup_index.hpp"
#include "store/xorb_store.hpp"

namespace siahub::store {

inline constexpr UnixMillis kUploadNoteLife = kDedupPromise;

class UploadNotes {
  public:
    UploadNotes(db::Database& database, XorbStore& xorbs, const Clock& clock);

    // Whether the repository may leave out sending the xorb: it has it, and the body is intact.
    Task<Result<bool>> holds(RowId repo, xet::Hash xorb);
    // Deletes notes that are too old to count. Call it about hourly.
    Task<Result<void>> forget_old();

  private:
    db::Database& database_;
    XorbStore& xorbs_;
    const Clock& clock_;
};

}  // namespace siahub::store
