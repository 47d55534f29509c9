#pragma once
// Finds the repositories whose id contains a text, without reading all ids: repo_grams holds, for
// every position of an id, the characters from there on, and a text is looked up as the beginning
// of those. One SQL text serves both databases, and texts of one character work as well as long
// ones; the price is a row of some eighty bytes per character of an id. Whoever makes, renames or
// removes a repository keeps it, in the same transaction. Any thread.

#include "db/database.hpp"
#include "hub/types.hpp"

namespace siahub::hub {

// After the row of the repository was written, or before its name changes or it goes.
Task<Result<void>> index_name(db::Transaction& tx, RowId repo);
Task<Result<void>> unindex_name(db::Transaction& tx, RowId repo);

// The keys between which all repositories of the kind lie that contain what `term` consists of, one
// range for each stretch of it that one key can hold. None for an empty term.
struct GramRange {
    std::string first, last;
};
std::vector<GramRange> gram_ranges(RepoKind kind, std::string_view term);

class SearchIndex {
  public:
    explicit SearchIndex(db::Database& database) : db_(database) {}

    // A superset of the repositories of this kind whose ids contain all terms, when fewer than
    // `limit` entries have to be looked at for it; nothing when every term is more common.
    Task<Result<std::optional<std::vector<RowId>>>> candidates(RepoKind kind,
                                                               std::span<const std::string> terms,
                                                               std::size_t limit);
    // Adds repositories that are missing: a process of an older version, which goes on while the
    // others of its hub are replaced, knows nothing of the index. Call it now and then.
    Task<Result<void>> mend();

  private:
    db::Database& db_;
};

}  // namespace siahub::hub
