#pragma once
// How much of a file was new to its repository when it arrived: chunks that no file registered
// there before has, by the recipes. Another repository's bytes count as new, so nobody learns from
// the number what others have. Any thread.

#include "core/ids.hpp"
#include "store/xorb_catalog.hpp"

namespace siahub::store {

struct NewChunks {
    std::int64_t total = 0;  // chunks of the file, one that it repeats counted each time
    std::int64_t fresh = 0;
    std::int64_t fresh_bytes = 0;
};

// Nothing: the repository has no such file, or finding it out would cost too much (more than
// kMostTerms terms) or needs a xorb that is gone.
inline constexpr std::int64_t kMostTerms = 4096;
Task<Result<std::optional<NewChunks>>> new_chunks(db::Database& database, XorbCatalog& catalog,
                                                  RowId repo, xet::Hash file);

}  // namespace siahub::store
