#pragma once
// Figures of the whole hub: how much there is, and which tags. Of public repositories alone, so
// that nobody learns from them that something private came or went. Each is a scan, kept for a
// minute, and counted in the background once it takes long (hub/long_count.hpp). Any thread.

#include "db/database.hpp"
#include "hub/long_count.hpp"
#include "hub/types.hpp"

#include <array>
#include <atomic>
#include <map>
#include <string>
#include <vector>

namespace siahub::hub {

struct HubStats {
    std::int64_t models = 0, datasets = 0, spaces = 0;
    std::int64_t bytes = 0;         // of the files of all revisions
    std::int64_t stored_bytes = 0;  // of the xorbs that hold the large ones
    std::int64_t pinned_bytes = 0;  // of those, what is on Sia
    std::int64_t dedup_saved = 0;
    std::int64_t commits_today = 0, downloads_today = 0;  // since midnight UTC
    UnixMillis counted_at = 0;
};

struct TagCount {
    std::string tag;
    std::int64_t repos = 0;
};

// By type (hub/tag_types.hpp), most used first.
using TagsByType = std::map<std::string, std::vector<TagCount>>;

// How the figures lie in the database.
void tag_invoke(boost::json::value_from_tag, boost::json::value& json, const HubStats& stats);
HubStats tag_invoke(boost::json::value_to_tag<HubStats>, const boost::json::value& json);
void tag_invoke(boost::json::value_from_tag, boost::json::value& json, const TagCount& count);
TagCount tag_invoke(boost::json::value_to_tag<TagCount>, const boost::json::value& json);

class Figures {
  public:
    static constexpr std::size_t kMostTags = 500;  // of a type

    Figures(db::Database& database, const Clock& clock, LongCountRules rules = {});

    Task<Result<std::shared_ptr<const HubStats>>> stats();
    Task<Result<std::shared_ptr<const TagsByType>>> tags(RepoKind kind);

    // Counts what takes long, where somebody asked for it; one call at a time. After stop(), from
    // any thread, it ends soon.
    Task<Result<void>> renew();
    void stop() { stopped_ = true; }

  private:
    Task<Result<HubStats>> count();
    Task<Result<void>> count_repos(HubStats& stats);
    Task<Result<void>> count_bytes(HubStats& stats);
    Task<Result<void>> count_today(HubStats& stats);
    Task<Result<TagsByType>> count_tags(RepoKind kind);
    LongCount<TagsByType>::Find tag_counter(RepoKind kind);

    db::Database& database_;
    const Clock& clock_;
    std::atomic<bool> stopped_ = false;
    LongCount<HubStats> stats_;
    std::array<LongCount<TagsByType>, 3> tags_;
};

}  // namespace siahub::hub
