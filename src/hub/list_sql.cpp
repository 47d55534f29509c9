#include "hub/list_sql.hpp"

#include "hub/names.hpp"
#include "hub/repo_row.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace siahub::hub {
namespace {

constexpr std::string_view column_of(SortKey key) {
    switch (key) {
        case SortKey::last_modified:
            return "repos.updated_at";
        case SortKey::created_at:
            return "repos.created_at";
        case SortKey::downloads:
            return "repos.downloads";
        case SortKey::likes:
            return "repos.likes";
        case SortKey::trending:
            return "repos.trending";
    }
    return "repos.updated_at";
}

std::string cursor_prefix(const ListQuery& query) {
    return std::to_string(static_cast<int>(query.sort)) + (query.descending ? "d" : "a");
}

bool parse_number(std::string_view text, std::int64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

// A LIKE pattern for "contains `term`", with '!' as the escape.
std::string contains_pattern(std::string_view term) {
    std::string pattern = "%";
    for (const char c : name_key(term)) {
        if (c == '%' || c == '_' || c == '!') pattern += '!';
        pattern += c;
    }
    return pattern + "%";
}

std::size_t padded_count(std::size_t count) {
    constexpr std::array<std::size_t, 4> kCounts = {0, 1, 3, Listing::kMaxTerms};
    return *std::ranges::lower_bound(kCounts, count);
}

std::size_t padded_ids(std::size_t count) {
    constexpr std::array<std::size_t, 3> kCounts = {16, 96, ListStart::kMaxIds};
    return *std::ranges::lower_bound(kCounts, count);
}

}  // namespace

std::string make_cursor(const ListQuery& query, ListPosition last) {
    return to_base64url(as_bytes(cursor_prefix(query) + std::to_string(last.sort_value) + "." +
                                 std::to_string(last.id)));
}

Result<ListPosition> read_cursor(const ListQuery& query) {
    const auto bytes = from_base64url(query.cursor);
    std::string_view text = bytes ? as_chars(*bytes) : std::string_view();
    const auto prefix = cursor_prefix(query);
    const auto dot = text.find('.');
    ListPosition position;
    if (!text.starts_with(prefix) || dot == std::string_view::npos ||
        !parse_number(text.substr(prefix.size(), dot - prefix.size()), position.sort_value) ||
        !parse_number(text.substr(dot + 1), position.id))
        return fail(Code::invalid_argument, "The cursor is not one of this list");
    return position;
}

ListSql::ListSql(const ListQuery& query, const Caller& caller, std::optional<ListPosition> after,
                 const ListStart& start, std::size_t limit)
    : sort_column_(column_of(query.sort)),
      sorted_(start.among || start.rare_durability || !query.author.empty()) {
    select(query, start);
    // Expressions keep SQLite's planner from other indexes, when ids are to be looked up.
    text_.append(" WHERE repos.kind").append(start.among ? " || ''" : "");
    text_ += " = " + bind(to_string(query.kind));
    if (start.among) only_among(*start.among);
    filter(query, start);
    only_visible(caller);
    if (after) start_after(query, *after);
    const std::string_view direction = query.descending ? " DESC" : " ASC";
    text_.append(" ORDER BY ").append(order()).append(direction);
    text_.append(", repos.id").append(direction);
    text_.append(" LIMIT ").append(bind(static_cast<std::int64_t>(limit)));
}

void ListSql::select(const ListQuery& query, const ListStart& start) {
    const bool from_author = !query.author.empty();
    const bool from_rare = start.rare_tag || start.rare_durability;
    text_.append(
        "SELECT repos.id, repos.kind, repos.owner_id, repos.namespace, repos.name,"
        " repos.private, repos.gated, repos.default_branch, repos.sdk,"
        " repos.downloads, repos.likes, repos.created_at, repos.updated_at, ");
    text_.append(column_of(query.sort));
    if (query.with_cards)
        text_.append(
            ", (SELECT c.card FROM repo_cards c WHERE c.repo_id = repos.id AND"
            " length(c.card) <= 16384)");
    // CROSS JOIN makes SQLite's planner keep this order: it knows no frequencies.
    text_.append(" FROM ");
    if (start.rare_tag) text_.append("repo_tags start CROSS JOIN ");
    if (start.rare_durability) text_.append("repo_durability start CROSS JOIN ");
    if (from_author && !from_rare) text_.append("users author CROSS JOIN ");
    text_.append("repos");
    if (from_author && from_rare) text_.append(" CROSS JOIN users author");
}

void ListSql::filter(const ListQuery& query, const ListStart& start) {
    if (start.rare_tag)
        text_ +=
            " AND start.repo_id = repos.id AND start.tag = " + bind(query.tags[*start.rare_tag]);
    if (!query.author.empty()) {
        text_.append(" AND repos.owner_id").append(start.among ? " + 0" : "");
        text_ += " = author.id AND author.name_key = " + bind_text(name_key(query.author));
    }
    for (std::size_t i = 0; i < padded_count(query.tags.size()); ++i) {
        const auto& tag = query.tags[std::min(i, query.tags.size() - 1)];
        text_ += " AND EXISTS (SELECT 1 FROM repo_tags t WHERE t.repo_id = repos.id AND t.tag = " +
                 bind(tag) + ")";
    }
    for (std::size_t i = 0; i < padded_count(query.search.size()); ++i) {
        const auto& term = query.search[std::min(i, query.search.size() - 1)];
        text_ += " AND repos.full_key LIKE " + bind_text(contains_pattern(term)) + " ESCAPE '!'";
    }
    if (query.durability) only_durability(*query.durability, start.rare_durability);
    if (query.gated) text_ += *query.gated ? " AND repos.gated <> ''" : " AND repos.gated = ''";
}

void ListSql::only_durability(Durability durability, bool is_start) {
    const auto local = bind(std::int64_t{durability == Durability::local});
    if (is_start)
        text_ += " AND start.repo_id = repos.id AND start.local = " + local;
    else
        text_ +=
            " AND EXISTS (SELECT 1 FROM repo_durability d WHERE d.repo_id = repos.id"
            " AND d.local = " +
            local + ")";
}

void ListSql::only_among(std::span<const RowId> ids) {
    text_ += " AND repos.id IN (";
    for (std::size_t i = 0; i < padded_ids(ids.size()); ++i)
        text_ += (i == 0 ? "" : ", ") + bind(ids[std::min(i, ids.size() - 1)]);
    text_ += ")";
}

void ListSql::only_visible(const Caller& caller) {
    if (caller.anonymous()) {
        text_ += " AND repos.private = 0";
        return;
    }
    text_ += " AND (repos.private = 0 OR repos.owner_id = " + bind(caller.user_id);
    text_ += " OR repos.owner_id IN (SELECT org_id FROM org_members WHERE user_id = " +
             bind(caller.user_id) + "))";
}

void ListSql::start_after(const ListQuery& query, ListPosition position) {
    text_.append(" AND (").append(order()).append(", repos.id) ");
    text_ += query.descending ? "<" : ">";
    text_ += " (" + bind(position.sort_value);
    text_ += ", " + bind(position.id) + ")";
}

// "+ 0" keeps the planners from walking everybody's repositories in order instead of sorting those
// of a namespace, or of a list of ids.
std::string ListSql::order() const {
    return std::string(sort_column_) + (sorted_ ? " + 0" : "");
}

std::string ListSql::bind(db::Param value) {
    params_.push_back(value);
    return "$" + std::to_string(params_.size());
}

std::string ListSql::bind_text(std::string value) {
    return bind(std::string_view(kept_.emplace_back(std::move(value))));
}

}  // namespace siahub::hub
