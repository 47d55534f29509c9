#pragma once
// The lists of models, datasets and spaces (hf_hub_api 1B.1): filters in SQL, pages by key (the
// sort value and id of the last line), so that a page costs the same wherever it is and stays
// stable while repositories come and go. Any thread. Errors: invalid_argument (a forged cursor, too
// many terms).

#include "db/database.hpp"
#include "hub/caller.hpp"
#include "hub/search_index.hpp"
#include "hub/types.hpp"

namespace siahub::hub {

enum class SortKey { last_modified, created_at, downloads, likes, trending };
// "lastModified", "createdAt", "downloads", "likes", "trendingScore" and the spellings of old
// clients.
std::optional<SortKey> parse_sort_key(std::string_view word);

// Of large files: all on Sia, or some on the hub's own disks alone (store/durability.hpp).
enum class Durability { pinned, local };

struct ListQuery {
    RepoKind kind = RepoKind::model;
    std::vector<std::string> search{};  // all must be in the id, in any case
    std::string author{};               // namespace; empty: all
    std::vector<std::string> tags{};    // all must be there
    std::optional<bool> gated{};
    std::optional<Durability> durability{};
    SortKey sort = SortKey::trending;
    bool descending = true;
    std::size_t limit = 0;    // 0: kMaxPage, which is also the most there is on a page
    std::string cursor{};     // of the page before; empty: the first page
    bool with_cards = false;  // Repo::card without model-index, up to 16 KiB; else "{}"
};

struct ListedRepo {
    Repo repo;
    std::vector<std::string> tags;
};

struct RepoPage {
    std::vector<ListedRepo> repos;
    std::string next_cursor;  // empty: the last page
};

struct ListStart;

class Listing {
  public:
    static constexpr std::size_t kMaxPage = 1000;
    static constexpr std::size_t kMaxTerms = 8;  // of search and of tags, each
    static constexpr std::size_t kFew = 512;

    // Up to `few` repositories of a search term or a tag, sorting those is cheaper than walking the
    // list for them.
    explicit Listing(db::Database& database, std::size_t few = kFew)
        : db_(database), search_(database), few_(few) {}

    // What the caller may see of it.
    Task<Result<RepoPage>> list(const ListQuery& query, const Caller& caller);
    Task<Result<std::vector<std::string>>> tags_of(RowId repo_id);
    // Recounts what `trending` sorts by: the downloads of the 7 days up to `today` (days since
    // 1970). Call it from a background task, about hourly.
    Task<Result<void>> refresh_trending(std::int64_t today);
    Task<Result<void>> mend_search() { return search_.mend(); }

  private:
    Task<Result<ListStart>> start_of(const ListQuery& query);
    // Whether there is no such repository for a reason that is quickly found out.
    Task<Result<bool>> is_surely_empty(const ListQuery& query);
    Task<Result<bool>> is_rare(const std::string& tag);
    Task<Result<void>> load_tags(std::span<ListedRepo> repos);

    db::Database& db_;
    SearchIndex search_;
    std::size_t few_;
};

}  // namespace siahub::hub
