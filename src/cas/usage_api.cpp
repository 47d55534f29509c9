#include "cas/usage_api.hpp"

#include "cas/operator.hpp"
#include "cas/page_query.hpp"
#include "hub/usage.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kUsualDays = 30;
constexpr std::size_t kMostDays = 366;

struct Wanted {
    std::int64_t days = 0;
    hub::UsageBy by = hub::UsageBy::day;
    std::string word;  // `by` as it was written
    bool csv = false;
};

Result<std::int64_t> days_of(const http::Request& request) {
    return static_cast<std::int64_t>(TRY(number_query(request, "days", kUsualDays, kMostDays)));
}

Result<Wanted> wanted(const http::Request& request) {
    Wanted asked;
    asked.days = TRY(days_of(request));
    asked.word = request.query_value("by").value_or("day");
    const auto by = hub::parse_usage_by(asked.word);
    if (!by) return fail(Code::invalid_argument, "\"by\" must be day, key, repo or user");
    asked.by = *by;
    const auto format = request.query_value("format").value_or("json");
    if (format != "json" && format != "csv")
        return fail(Code::invalid_argument, "\"format\" must be json or csv");
    asked.csv = format == "csv";
    return asked;
}

// Quoted, and never a formula to the program that opens it.
std::string cell(std::string_view text) {
    const bool formula = !text.empty() && std::string_view("=+-@\t\r").contains(text.front());
    std::string quoted = formula ? "\"'" : "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

http::Response csv_answer(const std::vector<hub::UsageRow>& rows, std::string_view by) {
    std::string text =
        "id,label,uploads,downloads,commits,bytesIn,bytesOut,dedupSaved,cacheHits,cacheMisses\r\n";
    for (const auto& row : rows)
        text += fmt::format("{},{},{},{},{},{},{},{},{},{}\r\n", cell(row.id.value_or("")),
                            cell(row.label), row.uploads, row.downloads, row.commits, row.bytes_in,
                            row.bytes_out, row.dedup_saved, row.cache_hits, row.cache_misses);
    http::Response response;
    response.headers.set("Content-Type", "text/csv; charset=utf-8");
    response.headers.set("Content-Disposition",
                         fmt::format("attachment; filename=\"usage-by-{}.csv\"", by));
    response.body = std::move(text);
    return response;
}

json::object row_json(const hub::UsageRow& row) {
    json::value id;
    if (row.id) id = json::string(*row.id);
    return {{"id", std::move(id)},         {"label", row.label},
            {"uploads", row.uploads},      {"downloads", row.downloads},
            {"commits", row.commits},      {"bytesIn", row.bytes_in},
            {"bytesOut", row.bytes_out},   {"dedupSaved", row.dedup_saved},
            {"cacheHits", row.cache_hits}, {"cacheMisses", row.cache_misses}};
}

http::Response rendered(const std::vector<hub::UsageRow>& rows, const Wanted& asked) {
    if (asked.csv) return csv_answer(rows, asked.word);
    json::array list;
    for (const auto& row : rows)
        list.push_back(row_json(row));
    return json_response(json::serialize(
        json::object{{"days", asked.days}, {"by", asked.word}, {"rows", std::move(list)}}));
}

}  // namespace

Answer repo_usage(RepoCall& call) {
    const auto days = CO_TRY(days_of(call.http));
    json::array list;
    for (const auto& day : CO_TRY(co_await call.services.usage.of_repo(call.repo.id, days)))
        list.push_back(json::object{{"date", day.date},
                                    {"downloads", day.downloads},
                                    {"bytesOut", day.bytes_out},
                                    {"bytesIn", day.bytes_in}});
    co_return json_response(json::serialize(json::object{{"days", std::move(list)}}));
}

Answer own_usage(Call& call) {
    if (call.caller->anonymous())
        co_return fail(Code::unauthorized, "Usage is shown to those who sign in");
    const auto asked = CO_TRY(wanted(call.http));
    co_return rendered(
        CO_TRY(co_await call.services.usage.of_caller(*call.caller, asked.by, asked.days)), asked);
}

Answer hub_usage(Call& call) {
    CO_TRY(require_admin(*call.caller));
    const auto asked = CO_TRY(wanted(call.http));
    co_return rendered(
        CO_TRY(co_await call.services.usage.of_hub(*call.caller, asked.by, asked.days)), asked);
}

}  // namespace siahub::cas
