#pragma once
// Where the bytes of repositories lie: which xorbs, shared with whom, on whose disks, on Sia or
// not. What it says about other repositories it says of those that the caller may read, and of
// nobody else: that a xorb is also a private repository's is not to be seen, nor in any sum.
//
// Costs: a summary, a page and a preview read the recipes of the repository once; of a whole hub a
// page costs the same wherever it is. Any thread.

#include "db/database.hpp"
#include "hub/caller.hpp"
#include "hub/long_count.hpp"
#include "store/pins.hpp"

#include <atomic>
#include <map>
#include <span>

namespace siahub::hub {

struct RepoRef {
    std::string kind, id;  // "model", "namespace/name"
};

struct XorbEntry {
    static constexpr std::size_t kMostRepos = 20;

    xet::Hash xorb;
    std::string state;   // of its pin; "local": nobody has asked for one
    bool local = false;  // some node has its body
    std::int64_t chunks = 0, size = 0, stored = 0;
    std::optional<std::int64_t> used;  // of `size`, by the repository that was asked about
    std::int64_t files = 0;
    std::vector<RepoRef> repos;
    bool more_repos = false;
    std::optional<store::RemoteObject> object;
    std::string last_error;
    UnixMillis created_at = 0;
};

struct XorbPage {
    std::vector<XorbEntry> xorbs;   // by hash
    std::optional<xet::Hash> next;  // nothing: the last page
};

struct StorageSummary {
    std::int64_t files = 0, bytes = 0;  // different contents of all revisions
    std::int64_t xorbs = 0;
    std::int64_t stored = 0;       // of every xorb the part that is used
    std::int64_t dedup_saved = 0;  // bytes that several files have
    std::int64_t pinned = 0;       // of `stored`
    std::int64_t shared = 0;       // of `stored`
    std::int64_t inline_files = 0, inline_bytes = 0;
};

struct DeletionPreview {
    std::int64_t files = 0, bytes = 0, frees = 0, commits = 0;
};

class StorageView {
  public:
    StorageView(db::Database& database, const Clock& clock, LongCountRules rules = {});

    Task<Result<StorageSummary>> summary(RowId repo, const Caller& caller);
    // From behind `after` on.
    Task<Result<XorbPage>> xorbs(RowId repo, const Caller& caller, std::optional<xet::Hash> after,
                                 std::size_t limit);
    // Those that exist of them, in this order; `files` counts those of `repo`, or all for none.
    Task<Result<std::vector<XorbEntry>>> describe(std::span<const xet::Hash> xorbs,
                                                  std::optional<RowId> repo, const Caller& caller);
    Task<Result<DeletionPreview>> deletion(RowId repo, const Caller& caller);

    // Of the whole hub, for its operator; an empty state: all.
    Task<Result<XorbPage>> assets(std::string_view state, const Caller& caller,
                                  std::optional<xet::Hash> after, std::size_t limit);
    struct AssetCount {
        std::int64_t total = 0;
        UnixMillis counted_at = 0;
    };
    Task<Result<AssetCount>> asset_count(std::string_view state);
    // How many bodies each node has, and bytes of them; of now, or of when they were counted last
    // once that takes long.
    struct Bodies {
        std::int64_t count = 0, bytes = 0;
    };
    using BodiesByNode = std::map<std::string, Bodies>;
    Task<Result<Counted<BodiesByNode>>> bodies();

    // As of hub/figures.hpp.
    Task<Result<void>> renew();
    void stop() { stopped_ = true; }

  private:
    using Counts = std::map<std::string, std::int64_t>;
    Task<Result<void>> add_contents(RowId repo, StorageSummary& summary);
    Task<Result<void>> add_xorbs(RowId repo, const Caller& caller, StorageSummary& summary);
    Task<Result<std::optional<XorbEntry>>> describe_one(xet::Hash xorb, std::optional<RowId> repo,
                                                        const Caller& caller);
    Task<Result<void>> add_repos(XorbEntry& entry, const Caller& caller);
    Task<Result<void>> add_use(XorbEntry& entry, std::optional<RowId> repo);
    Task<Result<XorbPage>> page_of(std::vector<xet::Hash> xorbs, std::size_t limit,
                                   std::optional<RowId> repo, const Caller& caller);
    Task<Result<Counts>> count_assets();
    Task<Result<BodiesByNode>> count_bodies();

    db::Database& database_;
    std::atomic<bool> stopped_ = false;
    LongCount<Counts> counts_;
    LongCount<BodiesByNode> bodies_;
};

// How they lie in the database.
void tag_invoke(boost::json::value_from_tag, boost::json::value& json,
                const StorageView::Bodies& bodies);
StorageView::Bodies tag_invoke(boost::json::value_to_tag<StorageView::Bodies>,
                               const boost::json::value& json);

}  // namespace siahub::hub
