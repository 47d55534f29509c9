#include "cas/internal_api.hpp"

#include "auth/gateway_urls.hpp"
#include "auth/internal_token.hpp"
#include "cas/addresses.hpp"
#include "cas/json_body.hpp"
#include "core/encoding.hpp"
#include "hub/mirrors.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxFiles = 1000;
// A token outlives a right that was taken away, so no hub's idea of a life goes beyond this.
constexpr UnixMillis kLongestToken = 24LL * 3600 * 1000;

Result<void> check_internal(const Services& services, const http::Request& request) {
    const auth::InternalTokens tokens(services.store.keys, services.clock);
    return tokens.check(fmt::format("POST {}", request.path), credentials(request));
}

Result<auth::TokenScope> scope_of(const json::object& body) {
    const auto scope = TRY(required_string(body, "scope"));
    if (scope == "read") return auth::TokenScope::read;
    if (scope == "write") return auth::TokenScope::write;
    return fail(Code::invalid_argument, "\"scope\" must be read or write");
}

// Unix milliseconds.
Result<UnixMillis> expiry_of(const Services& services, const json::object& body) {
    const auto now = services.clock.now();
    const auto wanted = TRY(optional_size(body, "expires"));
    if (!wanted) return now + std::chrono::milliseconds(services.lifetimes.xet_token).count();
    const auto latest = (now + kLongestToken) / 1000;
    return static_cast<UnixMillis>(
               std::min<std::uint64_t>(*wanted, static_cast<std::uint64_t>(latest))) *
           1000;
}

struct WantedFile {
    Sha256 sha256{};
    std::string name;
    std::string type;
};

Result<WantedFile> wanted_file(const json::value& value) {
    if (!value.is_object()) return fail(Code::invalid_argument, "\"files\" must hold objects");
    const auto& fields = value.get_object();
    WantedFile file;
    const auto sha256 = TRY(required_string(fields, "sha256"));
    if (!from_hex(sha256, file.sha256))
        return fail(Code::invalid_argument, "\"sha256\" must be 64 hex digits");
    file.name = TRY(optional_string(fields, "name")).value_or(sha256);
    file.type = TRY(optional_string(fields, "type")).value_or("application/octet-stream");
    return file;
}

json::object describe(const Services& services, const http::Request& request, RowId repo,
                      const WantedFile& wanted, const store::FileInfo& found) {
    const auto sha256 = to_hex(wanted.sha256);
    const auto expires =
        services.clock.now() + std::chrono::milliseconds(services.lifetimes.signed_url).count();
    return {{"sha256", sha256},
            {"size", found.size},
            {"xetHash", found.file.hex()},
            {"url", auth::file_url(
                        services.store.urls, gateway_url(services, request),
                        {repo, found.file, wanted.name, wanted.type, fmt::format("\"{}\"", sha256)},
                        expires)}};
}

}  // namespace

Answer internal_xet_token(const Services& services, http::Request& request) {
    CO_TRY(check_internal(services, request));
    const auto body = CO_TRY(co_await read_json_object(request));
    const auto repository = CO_TRY(required_string(body, "repository"));
    auth::XetToken token;
    token.scope = CO_TRY(scope_of(body));
    token.expires = CO_TRY(expiry_of(services, body));
    if (token.scope == auth::TokenScope::write) {
        token.repo = CO_TRY(co_await services.mirrors.open(repository));
    } else {
        const auto known = CO_TRY(co_await services.mirrors.find(repository));
        if (!known) co_return fail(Code::not_found, "Nothing of this repository lies here");
        token.repo = *known;
    }
    co_return json_response(json::serialize(json::object{
        {"accessToken", services.store.tokens.sign(token)}, {"exp", token.expires / 1000}}));
}

Answer internal_mirror_files(const Services& services, http::Request& request) {
    CO_TRY(check_internal(services, request));
    const auto body = CO_TRY(co_await read_json_object(request));
    const auto wanted = CO_TRY(optional_array(body, "files"));
    if (wanted.size() > kMaxFiles)
        co_return fail(Code::payload_too_large,
                       fmt::format("at most {} files can be asked for at once", kMaxFiles));
    const auto repo =
        CO_TRY(co_await services.mirrors.find(CO_TRY(required_string(body, "repository"))));
    json::array files;
    for (const auto& value : wanted) {
        const auto file = CO_TRY(wanted_file(value));
        if (!repo) continue;
        const auto found = CO_TRY(co_await services.store.files.find_sha256(*repo, file.sha256));
        if (found) files.push_back(describe(services, request, *repo, file, *found));
    }
    co_return json_response(json::serialize(json::object{{"files", std::move(files)}}));
}

}  // namespace siahub::cas
