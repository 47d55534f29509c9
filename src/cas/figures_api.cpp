#include "cas/figures_api.hpp"

#include "cas/sia_admin.hpp"
#include "hub/figures.hpp"
#include "hub/tag_types.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace json = boost::json;
namespace {

Answer tags_of_kind(Call& call, hub::RepoKind kind) {
    const auto tags = CO_TRY(co_await call.services.figures.tags(kind));
    json::object shown;
    for (const auto& [type, list] : *tags) {
        auto& entries = shown[type].emplace_array();
        for (const auto& [tag, repos] : list)
            entries.push_back(json::object{
                {"id", tag}, {"label", hub::tag_label(tag)}, {"type", type}, {"count", repos}});
    }
    co_return json_response(json::serialize(shown));
}

}  // namespace

Answer hub_stats(Call& call) {
    const auto stats = CO_TRY(co_await call.services.figures.stats());
    json::value hosts;
    if (call.services.sia != nullptr)
        if (const auto count = call.services.sia->host_count()) hosts = *count;
    co_return json_response(
        json::serialize(json::object{{"models", stats->models},
                                     {"datasets", stats->datasets},
                                     {"spaces", stats->spaces},
                                     {"bytes", stats->bytes},
                                     {"storedBytes", stats->stored_bytes},
                                     {"dedupSaved", stats->dedup_saved},
                                     {"pinnedBytes", stats->pinned_bytes},
                                     {"hosts", std::move(hosts)},
                                     {"uploadsToday", stats->commits_today},
                                     {"downloadsToday", stats->downloads_today},
                                     {"updatedAt", to_iso8601(stats->counted_at)}}));
}

template <hub::RepoKind kind>
Answer tags_by_type(Call& call) {
    return tags_of_kind(call, kind);
}
template Answer tags_by_type<hub::RepoKind::model>(Call&);
template Answer tags_by_type<hub::RepoKind::dataset>(Call&);
template Answer tags_by_type<hub::RepoKind::space>(Call&);

}  // namespace siahub::cas
