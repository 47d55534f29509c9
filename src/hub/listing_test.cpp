#include "hub/listing.hpp"

#include "hub/test_hub.hpp"

#include <rapidcheck.h>

namespace siahub::hub {
namespace {

// A repository as the naive model keeps it.
struct Known {
    Repo repo;
    std::vector<std::string> tags;
    std::int64_t trending = 0;
};

std::int64_t sort_value(const Known& known, SortKey key) {
    switch (key) {
        case SortKey::last_modified:
            return known.repo.updated_at;
        case SortKey::created_at:
            return known.repo.created_at;
        case SortKey::downloads:
            return known.repo.downloads;
        case SortKey::likes:
            return known.repo.likes;
        case SortKey::trending:
            return known.trending;
    }
    return 0;
}

bool matches(const Known& known, const ListQuery& query, const Caller& caller) {
    const auto& repo = known.repo;
    const auto id = name_key(repo.full_name());
    return repo.kind == query.kind && (!repo.is_private || caller.role_in(repo.owner_id)) &&
           (query.author.empty() || name_key(repo.ns) == name_key(query.author)) &&
           (!query.gated || *query.gated == !repo.gated.empty()) &&
           std::ranges::all_of(query.search,
                               [&](const auto& term) { return id.contains(name_key(term)); }) &&
           std::ranges::all_of(query.tags, [&](const auto& tag) {
               return std::ranges::find(known.tags, tag) != known.tags.end();
           });
}

std::vector<RowId> naive_list(std::vector<Known> all, const ListQuery& query,
                              const Caller& caller) {
    std::erase_if(all, [&](const auto& known) { return !matches(known, query, caller); });
    std::ranges::sort(all, [&](const Known& a, const Known& b) {
        const auto left = std::pair(sort_value(a, query.sort), a.repo.id);
        const auto right = std::pair(sort_value(b, query.sort), b.repo.id);
        return query.descending ? left > right : left < right;
    });
    std::vector<RowId> ids;
    for (const auto& known : all)
        ids.push_back(known.repo.id);
    return ids;
}

class ListingTest : public HubTest {
  protected:
    ListingTest() {
        owners_ = {{"Alice", add_user("Alice")}, {"bob", add_user("bob")}};
        owners_.emplace_back("Acme", add_org("Acme", {{"bob", OrgRole::read}}));
        callers_ = {std::make_shared<const Caller>(), caller(owners_[0].second),
                    caller(owners_[1].second, KeyScope::read)};
    }
    void add_all(std::vector<Known> more) {
        std::vector<std::string> keys;
        for (const auto& known : more)
            keys.push_back(full_key(known.repo.ns, known.repo.name));
        std::vector<Statement> batch;
        std::vector<RowId> ids;
        for (std::size_t i = 0; i < more.size(); ++i) {
            const auto& known = more[i];
            ids.push_back(known.repo.id);
            batch.push_back(insert_repo(known.repo, 1, keys[i]));
            batch.push_back(
                {"UPDATE repos SET trending = $1 WHERE id = $2", {known.trending, known.repo.id}});
            for (const auto& tag : known.tags)
                batch.push_back(
                    {"INSERT INTO repo_tags (repo_id, tag) VALUES ($1, $2)", {known.repo.id, tag}});
        }
        sql_all(batch);
        index_names(ids);
        all_.insert(all_.end(), more.begin(), more.end());
    }
    void forget_all() {
        const std::array batch = {Statement{"DELETE FROM repos", {}},
                                  Statement{"DELETE FROM repo_grams", {}},
                                  Statement{"DELETE FROM repo_tags", {}}};
        sql_all(batch);
        all_.clear();
    }
    Known plain(std::string name, std::vector<std::string> tags = {}) {
        Known known;
        known.repo.id = ++last_id_;
        known.repo.owner_id = owners_[0].second;
        known.repo.ns = "Alice";
        known.repo.name = std::move(name);
        known.tags = std::move(tags);
        return known;
    }
    RowId add_plain(std::string name) {
        add_all({plain(std::move(name))});
        return last_id_;
    }
    std::vector<std::string> names(const ListQuery& query) {
        std::vector<std::string> found;
        for (const auto& listed : get(listing_.list(query, Caller())).repos)
            found.push_back(listed.repo.name);
        return found;
    }
    std::vector<RowId> all_pages(ListQuery query, const Caller& caller, std::size_t few) {
        Listing listing(*database_, few);
        std::vector<RowId> ids;
        do {
            auto page = get(listing.list(query, caller));
            EXPECT_LE(page.repos.size(), query.limit);
            for (const auto& listed : page.repos)
                ids.push_back(listed.repo.id);
            query.cursor = page.next_cursor;
        } while (!query.cursor.empty());
        return ids;
    }

    std::vector<std::pair<std::string, RowId>> owners_;
    std::vector<CallerPtr> callers_;
    std::vector<Known> all_;
    RowId last_id_ = 0;
    Listing listing_{*database_};
};

template <class T>
T one_of(std::vector<T> values) {
    return *rc::gen::elementOf(std::move(values));
}

Known random_known(RowId id, const std::vector<std::pair<std::string, RowId>>& owners) {
    const auto small = [] { return *rc::gen::inRange<std::int64_t>(0, 5); };
    Known known;
    known.repo.id = id;
    known.repo.kind = one_of<RepoKind>({RepoKind::model, RepoKind::model, RepoKind::dataset});
    std::tie(known.repo.ns, known.repo.owner_id) = one_of(owners);
    known.repo.name = one_of<std::string>({"Bert", "gpt_2", "x%y", "a!b"}) + std::to_string(id);
    known.repo.is_private = small() == 0;
    known.repo.gated = one_of<std::string>({"", "", "auto"});
    known.repo.downloads = small();
    known.repo.likes = small();
    known.trending = small();
    known.repo.created_at = small();
    known.repo.updated_at = small();
    for (const auto* tag : {"license:mit", "en", "pytorch"})
        if (small() > 2) known.tags.emplace_back(tag);
    return known;
}

std::vector<std::string> some_of(std::vector<std::string> values, std::size_t most) {
    std::vector<std::string> chosen(*rc::gen::inRange<std::size_t>(0, most + 1));
    for (auto& value : chosen)
        value = one_of(values);
    return chosen;
}

ListQuery random_query() {
    ListQuery query;
    query.kind = one_of<RepoKind>({RepoKind::model, RepoKind::model, RepoKind::dataset});
    query.search = some_of({"bert", "GPT", "_", "%", "!", "alice/", "1", "2", "nothing"}, 2);
    query.author = one_of<std::string>({"", "", "alice", "ACME", "nobody"});
    query.tags = some_of({"license:mit", "en", "pytorch", "no-such"}, 2);
    query.gated = one_of<std::optional<bool>>({std::nullopt, std::nullopt, true, false});
    query.sort = one_of<SortKey>({SortKey::last_modified, SortKey::created_at, SortKey::downloads,
                                  SortKey::likes, SortKey::trending});
    query.descending = *rc::gen::arbitrary<bool>();
    query.limit = *rc::gen::inRange<std::size_t>(1, 20);
    return query;
}

TEST_F(ListingTest, AgreesWithANaiveModel) {
    const auto agrees = [this] {
        forget_all();
        const auto count = *rc::gen::inRange<RowId>(0, 30);
        std::vector<Known> some;
        for (RowId id = 1; id <= count; ++id)
            some.push_back(random_known(id, owners_));
        add_all(std::move(some));
        for (int i = 0; i < 6; ++i) {
            const auto query = random_query();
            // Lists are walked, terms looked up, or one or the other as it comes.
            const auto few = one_of<std::size_t>({0, 8, Listing::kFew});
            for (const auto& who : callers_)
                RC_ASSERT(all_pages(query, *who, few) == naive_list(all_, query, *who));
        }
    };
    EXPECT_TRUE(rc::check("pages together are the list of the naive model", agrees));
}

TEST_F(ListingTest, WildcardsOfLikeAreOrdinaryCharacters) {
    add_plain("a_b");
    add_plain("a%b");
    add_plain("a!b");
    add_plain("axb");
    EXPECT_EQ(names({.search = {"a_b"}}), std::vector<std::string>{"a_b"});
    EXPECT_EQ(names({.search = {"A%B"}}), std::vector<std::string>{"a%b"});
    EXPECT_EQ(names({.search = {"a!b"}}), std::vector<std::string>{"a!b"});
    EXPECT_EQ(names({.search = {"\\"}}), std::vector<std::string>{});
}

TEST_F(ListingTest, PagesStayStableWhileRepositoriesComeAndGo) {
    for (int i = 0; i < 6; ++i)
        add_all({plain("r" + std::to_string(i))});
    ListQuery query{.sort = SortKey::created_at, .limit = 3};
    const auto first = get(listing_.list(query, Caller()));
    EXPECT_EQ(first.repos.back().repo.name, "r3");
    add_plain("newer");
    sql("DELETE FROM repos WHERE name = 'r3'");
    query.cursor = first.next_cursor;
    const auto second = get(listing_.list(query, Caller()));
    ASSERT_EQ(second.repos.size(), 3U);
    EXPECT_EQ(second.repos.front().repo.name, "r2");
    EXPECT_EQ(second.next_cursor, "");
}

TEST_F(ListingTest, ACursorIsGoodForItsListOnly) {
    add_plain("a");
    add_plain("b");
    ListQuery query{.sort = SortKey::likes, .limit = 1};
    query.cursor = get(listing_.list(query, Caller())).next_cursor;
    query.sort = SortKey::downloads;
    EXPECT_EQ(code_of(listing_.list(query, Caller())), Code::invalid_argument);
    for (const auto* forged : {"x", "====", "MWQ", "MWQxLg", "MWQxLjJ4"}) {
        query.cursor = forged;
        EXPECT_EQ(code_of(listing_.list(query, Caller())), Code::invalid_argument) << forged;
    }
    query = {.search = std::vector<std::string>(Listing::kMaxTerms + 1, "a")};
    EXPECT_EQ(code_of(listing_.list(query, Caller())), Code::invalid_argument);
}

TEST_F(ListingTest, LinesCarryTheirTagsAndCardsWhenAsked) {
    std::vector<Known> many;
    for (int i = 0; i < 250; ++i)
        many.push_back(plain("r" + std::to_string(i), {"b", "a" + std::to_string(i)}));
    add_all(std::move(many));
    sql("INSERT INTO repo_cards (repo_id, card) SELECT id, '{\"n\":1}' FROM repos");
    const auto huge = "\"" + std::string(17'000, 'x') + "\"";
    sql("UPDATE repo_cards SET card = $1 WHERE repo_id = 250", {huge});
    const auto page = get(listing_.list({.sort = SortKey::created_at}, Caller()));
    ASSERT_EQ(page.repos.size(), 250U);
    EXPECT_EQ(page.repos[1].tags, (std::vector<std::string>{"a248", "b"}));
    EXPECT_EQ(page.repos[1].repo.card, "{}");
    EXPECT_EQ(get(listing_.tags_of(3)), (std::vector<std::string>{"a2", "b"}));
    const auto full =
        get(listing_.list({.sort = SortKey::created_at, .with_cards = true}, Caller()));
    ASSERT_EQ(full.repos.size(), 250U);
    EXPECT_EQ(full.repos[0].repo.card, "{}");  // too large for a list
    EXPECT_EQ(full.repos[1].repo.card, "{\"n\":1}");
    EXPECT_EQ(full.next_cursor, "");
}

TEST_F(ListingTest, TrendingCountsTheDownloadsOfAWeek) {
    const auto hot = add_plain("hot");
    const auto old = add_plain("old");
    sql("UPDATE repos SET trending = 99 WHERE id = $1", {old});
    for (const std::int64_t day : {93, 94, 100})
        sql("INSERT INTO repo_downloads (repo_id, day, count) VALUES ($1, $2, 10)", {hot, day});
    sql("INSERT INTO repo_downloads (repo_id, day, count) VALUES ($1, 50, 1000)", {old});
    get(listing_.refresh_trending(100));
    EXPECT_EQ(sql("SELECT trending FROM repos WHERE id = $1", {hot})[0].integer(0), 20);
    EXPECT_EQ(sql("SELECT trending FROM repos WHERE id = $1", {old})[0].integer(0), 0);
    EXPECT_EQ(names({}), (std::vector<std::string>{"hot", "old"}));
}

}  // namespace
}  // namespace siahub::hub
