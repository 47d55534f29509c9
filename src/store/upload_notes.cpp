#include "store/upload_notes.hpp"

namespace siahub::store {

UploadNotes::UploadNotes(db::Database& database, XorbStore& xorbs, const Clock& clock)
    : database_(database), xorbs_(xorbs), clock_(clock) {}

Task<Result<bool>> UploadNotes::holds(RowId repo, xet::Hash xorb) {
    const auto rows = CO_TRY(co_await database_.query(
        "SELECT 1 FROM xorb_uploads WHERE repo_id = $1 AND xorb_hash = $2 AND uploaded_at > $3 "
        "UNION ALL SELECT 1 FROM reconstruction_terms t JOIN reconstruction_files f "
        "ON f.file_hash = t.file_hash AND f.repo_id = $1 WHERE t.xorb_hash = $2 LIMIT 1",
        {repo, xorb.view(), clock_.now() - kUploadNoteLife}));
    if (rows.empty()) co_return false;
    co_return CO_TRY(co_await xorbs_.find_intact(xorb)) != nullptr;
}

Task<Result<void>> UploadNotes::forget_old() {
    CO_TRY(co_await database_.execute("DELETE FROM xorb_uploads WHERE uploaded_at <= $1",
                                      {clock_.now() - kUploadNoteLife}));
    co_return Result<void>{};
}

}  // namespace siahub::store
