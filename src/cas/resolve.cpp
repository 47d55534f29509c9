#include "cas/resolve.hpp"

#include "auth/gateway_urls.hpp"
#include "cas/addresses.hpp"
#include "cas/content_type.hpp"
#include "cas/errors.hpp"
#include "cas/revision.hpp"
#include "core/encoding.hpp"
#include "git/lfs_pointer.hpp"
#include "http/content_response.hpp"
#include "http/disposition.hpp"
#include "http/etag.hpp"
#include "http/range.hpp"
#include "hub/files.hpp"
#include "hub/traffic.hpp"
#include "hub/trees.hpp"
#include "store/store.hpp"

#include <fmt/format.h>

namespace siahub::cas {
namespace {

struct FoundFile {
    Located located;
    hub::FileInfo info;

    [[nodiscard]] std::string_view name() const {
        const std::string_view path = located.path;
        return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
    }
    // LFS files are named by their SHA-256, regular ones by their blob id.
    [[nodiscard]] std::string etag() const {
        return fmt::format("\"{}\"", info.is_lfs ? to_hex(info.sha256) : info.blob.hex());
    }
};

Error no_such_entry() {
    return {Code::entry_not_found, "Entry not found"};
}

Task<Result<hub::FileInfo>> find_file(RepoCall& call, const Located& located) {
    const auto entry = CO_TRY(
        co_await call.services.trees.find(call.repo.id, located.revision.tree, located.path));
    if (!entry || entry->is_directory()) co_return std::unexpected(no_such_entry());
    auto info = CO_TRY(co_await call.services.files.find(call.repo.id, entry->oid));
    if (!info)
        co_return fail(Code::internal, "a tree names a blob that the repository does not have");
    co_return *std::move(info);
}

void add_xet_headers(http::Response& response, const RepoCall& call, const FoundFile& file) {
    if (!file.info.is_lfs || !file.info.file_hash) return;
    const auto hash = file.info.file_hash->hex();
    response.headers.add("X-Xet-Hash", hash);
    response.headers.add(
        "Link", fmt::format("<{}/xet-read-token/{}>; rel=\"xet-auth\", "
                            "<{}/v1/reconstructions/{}>; rel=\"xet-reconstruction-info\"",
                            api_url(call.http, call.repo), file.located.revision.commit.hex(),
                            call.http.base_url, hash));
}

void add_file_headers(http::Response& response, const RepoCall& call, const FoundFile& file) {
    response.headers.set("X-Repo-Commit", file.located.revision.commit.hex());
    response.headers.set("ETag", file.etag());
    response.headers.set("Accept-Ranges", "bytes");
    response.headers.set("X-Linked-Size", std::to_string(file.info.size));
    response.headers.set("X-Linked-ETag", file.etag());
    response.headers.set("Content-Disposition", http::content_disposition(file.name()));
    response.headers.set("X-Content-Type-Options", "nosniff");
    add_xet_headers(response, call, file);
}

http::Response head_answer(const RepoCall& call, const FoundFile& file) {
    http::Response response;
    response.headers.set("Content-Type", content_type_of(file.located.path));
    response.announced_length = file.info.size;
    add_file_headers(response, call, file);
    return response;
}

http::Response not_modified(const RepoCall& call, const FoundFile& file) {
    http::Response response;
    response.status = 304;
    add_file_headers(response, call, file);
    return response;
}

constexpr std::string_view kXetFileInfo = "application/vnd.xet-fileinfo+json";

// What the JS client asks for before it downloads through Xet; it reads the headers only.
http::Response xet_file_info(const RepoCall& call, const FoundFile& file) {
    auto response = json_response(
        fmt::format(R"({{"hash":"{}","size":{},"etag":"{}","refreshUrl":"{}/xet-read-token/{}",)"
                    R"("reconstructionUrl":"{}/v1/reconstructions/{}"}})",
                    file.info.file_hash->hex(), file.info.size, to_hex(file.info.sha256),
                    api_url(call.http, call.repo), file.located.revision.commit.hex(),
                    call.http.base_url, file.info.file_hash->hex()));
    response.headers.set("Content-Type", kXetFileInfo);
    add_file_headers(response, call, file);
    return response;
}

http::Response gateway_redirect(const RepoCall& call, const FoundFile& file) {
    const auth::FileGrant grant{call.repo.id, *file.info.file_hash, std::string(file.name()),
                                std::string(content_type_of(file.located.path)), file.etag()};
    const auto expires = call.services.clock.now() +
                         std::chrono::milliseconds(call.services.lifetimes.signed_url).count();
    http::Response response;
    response.status = 302;
    response.headers.set(
        "Location", auth::file_url(call.services.store.urls, gateway_url(call.services, call.http),
                                   grant, expires));
    add_file_headers(response, call, file);
    return response;
}

// Committed without its bytes. What is known of the file goes along: hf-proxy knows where it lies.
http::Response foreign_answer(const RepoCall& call, const FoundFile& file) {
    auto response =
        error_response({Code::not_found,
                        "This hub does not hold the bytes of this file. Download it through the "
                        "hf-proxy in front of this hub"},
                       call.caller->anonymous());
    add_file_headers(response, call, file);
    return response;
}

Answer inline_answer(RepoCall& call, const FoundFile& file) {
    auto inlined = co_await call.services.files.inline_content(call.repo.id, file.info.sha256);
    const bool foreign = file.info.is_lfs && call.services.files.accepts_foreign_objects();
    if (!inlined && inlined.error().code == Code::not_found && foreign)
        co_return foreign_answer(call, file);
    const auto content = CO_TRY(std::move(inlined));
    const http::ContentFacts facts{file.info.size, std::string(content_type_of(file.located.path)),
                                   file.etag()};
    auto response = http::bytes_response(std::string(as_chars(content)), facts, call.http);
    add_file_headers(response, call, file);
    co_return response;
}

// What a GET of the file, or of the ranges that it names, is granted.
std::uint64_t granted_bytes(const http::Request& request, std::uint64_t size) {
    const auto ranges = http::decide_ranges(request.header("Range"), size);
    if (ranges.kind == http::RangeDecision::Kind::whole) return size;
    std::uint64_t granted = 0;
    for (const auto& span : ranges.spans)
        granted += span.length;
    return granted;
}

void count(const RepoCall& call, const FoundFile& file, const http::Response& response) {
    const hub::Traffic::Who who{call.caller->user_id, call.caller->key_id};
    call.services.traffic.visit(call.repo.id, who, call.http.peer_address);
    if (call.http.method == http::Method::get && response.status != 304)
        call.services.traffic.sent(call.repo.id, who, granted_bytes(call.http, file.info.size));
}

Answer answer_for(RepoCall& call, const FoundFile& file) {
    if (http::if_none_match(call.http.header("If-None-Match"), file.etag()))
        co_return not_modified(call, file);
    if (call.http.method == http::Method::head) co_return head_answer(call, file);
    if (!file.info.file_hash) co_return co_await inline_answer(call, file);
    if (file.info.is_lfs && call.http.header("Accept").contains(kXetFileInfo))
        co_return xet_file_info(call, file);
    co_return gateway_redirect(call, file);
}

// Clients cache under this commit that the file is not there.
http::Response entry_missing(const RepoCall& call, const Located& located, const Error& error) {
    auto response = error_response(error, call.caller->anonymous());
    response.headers.set("X-Repo-Commit", located.revision.commit.hex());
    return response;
}

}  // namespace

Answer resolve_file(RepoCall& call) {
    auto located = CO_TRY(co_await locate(call));
    auto info = co_await find_file(call, located);
    if (!info) {
        if (info.error().code != Code::entry_not_found)
            co_return std::unexpected(std::move(info).error());
        co_return entry_missing(call, located, info.error());
    }
    const FoundFile file{std::move(located), *std::move(info)};
    auto response = CO_TRY(co_await answer_for(call, file));
    count(call, file, response);
    co_return response;
}

Answer raw_file(RepoCall& call) {
    auto located = CO_TRY(co_await locate(call));
    auto info = CO_TRY(co_await find_file(call, located));
    const FoundFile file{std::move(located), info};
    if (!file.info.is_lfs) co_return co_await answer_for(call, file);
    auto pointer = git::encode_lfs_pointer({file.info.sha256, file.info.size});
    const http::ContentFacts facts{pointer.size(), "text/plain; charset=utf-8",
                                   fmt::format("\"{}\"", file.info.blob.hex())};
    auto response = http::bytes_response(std::move(pointer), facts, call.http);
    response.headers.set("X-Repo-Commit", file.located.revision.commit.hex());
    co_return response;
}

}  // namespace siahub::cas
