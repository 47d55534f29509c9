#include "cas/tree_api.hpp"

#include "cas/addresses.hpp"
#include "cas/json_body.hpp"
#include "cas/revision.hpp"
#include "core/encoding.hpp"
#include "http/query.hpp"
#include "hub/tree_listing.hpp"

#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxPaths = 10'000;

bool is_true(std::string_view word) {
    return word == "true" || word == "True" || word == "1";
}

// Tree pages are the largest answers and the most frequent: they are written without building a
// document first.
void append_string(std::string& out, std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    });
    if (plain) {
        out += '"';
        out += text;
        out += '"';
    } else {
        out += json::serialize(json::string(text));
    }
}

void append_file_facts(std::string& out, const hub::TreeItem& item) {
    if (item.is_lfs) {
        fmt::format_to(std::back_inserter(out),
                       R"(,"lfs":{{"oid":"{}","size":{},"pointerSize":{}}})", to_hex(item.sha256),
                       item.size, item.pointer_size);
        if (item.file_hash)
            fmt::format_to(std::back_inserter(out), R"(,"xetHash":"{}")", item.file_hash->hex());
    }
}

void append_last_commit(std::string& out, const hub::CommitInfo& commit) {
    fmt::format_to(std::back_inserter(out), R"(,"lastCommit":{{"id":"{}","title":)",
                   commit.oid.hex());
    append_string(out, commit.title);
    fmt::format_to(std::back_inserter(out), R"(,"date":"{}"}})", to_iso8601(commit.committed_at));
}

void append_item(std::string& out, const hub::TreeItem& item) {
    fmt::format_to(std::back_inserter(out), R"({{"type":"{}","oid":"{}","size":{},"path":)",
                   item.is_directory ? "directory" : "file", item.oid.hex(), item.size);
    append_string(out, item.path);
    if (!item.is_directory) append_file_facts(out, item);
    if (item.last_commit) append_last_commit(out, *item.last_commit);
    out += '}';
}

http::Response items_answer(const std::vector<hub::TreeItem>& items) {
    std::string out = "[";
    for (const auto& item : items) {
        if (out.size() > 1) out += ',';
        append_item(out, item);
    }
    out += ']';
    return json_response(std::move(out));
}

Result<hub::TreeQuery> tree_query(const http::Request& request, std::string path) {
    hub::TreeQuery query;
    query.path = std::move(path);
    if (request.query.empty()) return query;
    query.recursive = is_true(request.query_value("recursive").value_or(""));
    query.expand = is_true(request.query_value("expand").value_or(""));
    query.cursor = request.query_value("cursor").value_or("");
    if (const auto limit = request.query_value("limit")) {
        const auto* end = limit->data() + limit->size();
        if (std::from_chars(limit->data(), end, query.limit).ptr != end || query.limit == 0)
            return fail(Code::invalid_argument, "\"limit\" must be a positive whole number");
    }
    return query;
}

struct WantedPaths {
    std::vector<std::string> paths;
    bool expand = false;
};

Result<WantedPaths> paths_of_json(std::string_view body) {
    const auto object = TRY(parse_json_object(body));
    WantedPaths wanted;
    wanted.expand = TRY(optional_bool(object, "expand")).value_or(false);
    for (const auto& path : TRY(optional_array(object, "paths"))) {
        if (!path.is_string()) return fail(Code::invalid_argument, "\"paths\" must hold strings");
        wanted.paths.emplace_back(path.get_string());
    }
    return wanted;
}

// Python clients send a form, the others JSON.
Result<WantedPaths> wanted_paths(const http::Request& request, std::string_view body) {
    if (request.header("content-type").starts_with("application/json")) return paths_of_json(body);
    return WantedPaths{http::form_values(body, "paths"),
                       is_true(http::form_value(body, "expand").value_or(""))};
}

}  // namespace

Answer list_tree(RepoCall& call) {
    auto located = CO_TRY(co_await locate(call));
    const auto query = CO_TRY(tree_query(call.http, std::move(located.path)));
    const auto page =
        CO_TRY(co_await call.services.tree_listing.list(call.repo.id, located.revision, query));
    auto response = items_answer(page.items);
    if (!page.next.empty())
        response.headers.set("Link", next_page_link(call.http, "cursor", page.next));
    co_return response;
}

Answer paths_info(RepoCall& call) {
    const auto revision = CO_TRY(co_await locate_revision(call));
    const auto body = CO_TRY(co_await call.http.body->read_all(kMaxJsonBody));
    const auto wanted = CO_TRY(wanted_paths(call.http, body));
    if (wanted.paths.size() > kMaxPaths)
        co_return fail(Code::payload_too_large,
                       fmt::format("at most {} paths can be asked for at once", kMaxPaths));
    const auto items = CO_TRY(co_await call.services.tree_listing.paths_info(
        call.repo.id, revision, wanted.paths, wanted.expand));
    co_return items_answer(items);
}

}  // namespace siahub::cas
