#pragma once
// The statement of one page of a list. Its shapes are few, because statements stay prepared by
// their text: terms and ids are padded to a few counts by repeating the last one.

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

// Where to begin, when there are so few repositories to begin with that sorting those beats walking
// the list in its order; at most one of them.
struct ListStart {
    static constexpr std::size_t kMaxIds = 512;

    std::optional<std::size_t> rare_tag{};      // an index into query.tags
    bool rare_durability = false;               // those of query.durability
    std::optional<std::vector<RowId>> among{};  // not empty, at most kMaxIds
};

class ListSql {
  public:
    ListSql(const ListQuery& query, const Caller& caller, std::optional<ListPosition> after,
            const ListStart& start, std::size_t limit);

    [[nodiscard]] const std::string& text() const { return text_; }
    // Valid as long as this object and the query.
    [[nodiscard]] const db::Params& params() const { return params_; }

  private:
    void select(const ListQuery& query, const ListStart& start);
    void filter(const ListQuery& query, const ListStart& start);
    void only_durability(Durability durability, bool is_start);
    void only_among(std::span<const RowId> ids);
    void only_visible(const Caller& caller);
    void start_after(const ListQuery& query, ListPosition position);
    [[nodiscard]] std::string order() const;
    std::string bind(db::Param value);         // "$7"
    std::string bind_text(std::string value);  // keeps it

    std::string_view sort_column_;
    bool sorted_ = false;  // afterwards, instead of walked in order
    std::string text_;
    db::Params params_;
    std::deque<std::string> kept_;
};

}  // namespace siahub::hub
