#pragma once
// The statement of one page of a list. Its shapes are few, because statements stay prepared by
// their text: terms are padded to a few counts by repeating the last one.

#include "db/database.hpp"
#include "hub/caller.hpp"
#include "hub/listing.hpp"

#include <deque>

namespace siahub::hub {

// Where the page before ended.
struct ListPosition {
    std::int64_t sort_value = 0;
    RowId id = 0;
};

// Opaque to clients; only good for the sort and direction it was made for.
std::string make_cursor(const ListQuery& query, ListPosition last);
Result<ListPosition> read_cursor(const ListQuery& query);

class ListSql {
  public:
    // `rare_tag` is an index into query.tags: the tag to start from, when one has so few
    // repositories that sorting those beats walking the list in its order.
    ListSql(const ListQuery& query, const Caller& caller, std::optional<ListPosition> after,
            std::optional<std::size_t> rare_tag, std::size_t limit);

    [[nodiscard]] const std::string& text() const { return text_; }
    // Valid as long as this object and the query.
    [[nodiscard]] const db::Params& params() const { return params_; }

  private:
    void select(const ListQuery& query, bool from_tag, bool from_author);
    void filter(const ListQuery& query, std::optional<std::size_t> rare_tag);
    void only_visible(const Caller& caller);
    void start_after(const ListQuery& query, ListPosition position);
    std::string bind(db::Param value);         // "$7"
    std::string bind_text(std::string value);  // keeps it

    std::string text_;
    db::Params params_;
    std::deque<std::string> kept_;
};

}  // namespace siahub::hub
