#include "cas/endpoint.hpp"

#include "cas/commit_lines.hpp"
#include "cas/console_files.hpp"
#include "cas/cookies.hpp"
#include "cas/entry_endpoint.hpp"
#include "cas/errors.hpp"
#include "cas/held_body.hpp"
#include "cas/json_body.hpp"
#include "cas/limits.hpp"
#include "core/encoding.hpp"
#include "hub/authenticator.hpp"
#include "kv/rate_limiter.hpp"
#include "store/store.hpp"

#include <fmt/format.h>

namespace siahub::cas {
namespace {

// Text, JSON value and decoded content.
constexpr std::size_t kCostPerByte = 3;
constexpr BodyLimits kJsonBody{.most = kMaxJsonBody, .held = kMaxJsonBody, .factor = kCostPerByte};
// A commit is as large as its author likes, but is held by the line.
constexpr BodyLimits kCommitBody{.held = kMaxCommitLine, .factor = kCostPerByte};

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme) {
    if (header.size() <= scheme.size() || header[scheme.size()] != ' ' ||
        !equal_ignoring_case(header.substr(0, scheme.size()), scheme))
        return std::nullopt;
    header.remove_prefix(scheme.size() + 1);
    while (header.starts_with(' '))
        header.remove_prefix(1);
    return header;
}

void log_failure(const Services& services, const http::Request& request, const Error& error) {
    if (error.code != Code::internal && error.code != Code::unavailable) return;
    services.log.error(
        "request.failed",
        {{"path", request.path}, {"request_id", request.request_id}, {"cause", error.message}});
}

http::Response failure(const Services& services, const http::Request& request, const Error& error,
                       bool anonymous) {
    log_failure(services, request, error);
    return error_response(error, anonymous);
}

using Identified = std::expected<hub::CallerPtr, http::Response>;

void note_caller(http::Notes& notes, const hub::Caller& caller) {
    notes.user = caller.name;
    notes.user_id = caller.user_id;
    notes.key_id = caller.key_id;
}

// A header was sent on purpose; a cookie comes with everything a browser sends. One that means
// nothing any more is no refusal: the pages that everybody may see are still there.
Task<Result<hub::CallerPtr>> authenticate(const Services& services, const http::Request& request) {
    auto& authenticator = services.authenticator;
    if (!request.header("authorization").empty())
        co_return co_await authenticator.authenticate(credentials(request));
    const auto session = cookie(request, kSessionCookie);
    if (session.empty()) co_return authenticator.anonymous();
    auto caller = co_await authenticator.authenticate_session(session);
    if (!caller && caller.error().code == Code::invalid_credentials)
        co_return authenticator.anonymous();
    co_return caller;
}

bool lacks_csrf_token(const Services& services, const http::Request& request,
                      const hub::Caller& caller) {
    return caller.session_id != 0 && changes_something(request.method) &&
           !csrf_matches(services.store.keys, caller.session_id, request.header("x-csrf-token"));
}

http::Response csrf_refusal() {
    auto response = error_response({Code::forbidden,
                                    "This call changes something and came with a cookie: it needs "
                                    "the header X-CSRF-Token; reload the page"},
                                   false);
    response.headers.set("X-Error-Code", "InvalidCsrfToken");
    return response;
}

enum class CsrfToken { needed, not_needed };

Task<Identified> identify(const Services& services, http::Request& request,
                          CsrfToken csrf = CsrfToken::needed) {
    auto caller = co_await authenticate(services, request);
    if (csrf == CsrfToken::needed && caller && lacks_csrf_token(services, request, **caller))
        co_return std::unexpected(csrf_refusal());
    if (caller) note_caller(request.notes, **caller);
    const Limit limit(services.limits, caller, request);
    if (!limit.off()) {
        auto turn = services.limiter.take_now(limit.key(), limit.rate());
        if (!turn) turn = co_await services.limiter.take(limit.key(), limit.rate());
        if (!turn->allowed) {
            (services.refusals.*limit.refused()).add();
            co_return std::unexpected(limit.refusal(*turn));
        }
    }
    if (!caller) co_return std::unexpected(failure(services, request, caller.error(), false));
    co_return *std::move(caller);
}

Task<http::Response> run_endpoint(const Services& services, Answer (*handler)(Call&),
                                  CsrfToken csrf, http::Request& request) {
    if (services.console != nullptr)
        if (auto page = services.console->page_instead(request)) co_return *std::move(page);
    auto caller = co_await identify(services, request, csrf);
    if (!caller) co_return std::move(caller).error();
    const auto held = co_await hold_body(services.memory, services.store, request, kJsonBody);
    if (!held) co_return failure(services, request, held.error(), (*caller)->anonymous());
    Call call{services, request, *std::move(caller)};
    auto answer = co_await handler(call);
    if (!answer) co_return failure(services, request, answer.error(), call.caller->anonymous());
    co_return *std::move(answer);
}

// The same address under the repository's present name: path only, as clients follow nothing else.
http::Response moved(const http::Request& request, const hub::Repo& repo) {
    const auto old_ns = request.captures[0];
    const auto old_name = request.captures[1];
    const auto prefix = static_cast<std::size_t>(old_ns.data() - request.path.data());
    const auto suffix =
        static_cast<std::size_t>(old_name.data() + old_name.size() - request.path.data());
    auto location =
        fmt::format("{}{}/{}{}", request.path.substr(0, prefix), percent_encode(repo.ns),
                    percent_encode(repo.name), request.path.substr(suffix));
    if (!request.query.empty()) location += fmt::format("?{}", request.query);
    http::Response response;
    response.status = 307;
    response.headers.set("Location", location);
    return response;
}

struct RepoRoute {
    hub::RepoKind kind;
    hub::Need need;
    Answer (*handler)(RepoCall&);
};

Answer run_repo_handler(const Services& services, RepoRoute route, http::Request& request,
                        const hub::CallerPtr& caller) {
    const auto ns = CO_TRY(percent_decode(request.captures[0]));
    auto name = CO_TRY(percent_decode(request.captures[1]));
    if (name.ends_with(".git")) name.resize(name.size() - 4);
    auto opened =
        CO_TRY(co_await services.access.open_repo(route.kind, ns, name, *caller, route.need));
    request.notes.repo_id = opened.repo.id;
    if (opened.renamed) co_return moved(request, opened.repo);
    const auto rest = request.captures.size() > 2 ? request.captures.back() : std::string_view();
    const auto& limits = route.need == hub::Need::write ? kCommitBody : kJsonBody;
    const auto held = CO_TRY(co_await hold_body(services.memory, services.store, request, limits));
    RepoCall call{{services, request, caller}, std::move(opened.repo), rest};
    co_return co_await route.handler(call);
}

Task<http::Response> run_repo_endpoint(const Services& services, RepoRoute route,
                                       http::Request& request) {
    auto caller = co_await identify(services, request);
    if (!caller) co_return std::move(caller).error();
    auto answer = co_await run_repo_handler(services, route, request, *caller);
    if (!answer) co_return failure(services, request, answer.error(), (*caller)->anonymous());
    co_return *std::move(answer);
}

// As for any repository, but that git is told how to come again with a name and a password.
Task<http::Response> run_git_endpoint(const Services& services, RepoRoute route,
                                      http::Request& request) {
    auto response = co_await run_repo_endpoint(services, route, request);
    if (response.status == 401) response.headers.set("WWW-Authenticate", "Basic realm=\"SiaHub\"");
    co_return response;
}

Answer run_xet_handler(const Services& services, auth::TokenScope scope,
                       Answer (*handler)(XetCall&), http::Request& request) {
    const auto token = CO_TRY(services.store.tokens.check(credentials(request)));
    if (scope == auth::TokenScope::write && token.scope != auth::TokenScope::write)
        co_return fail(Code::forbidden, "this token may read only; ask for a xet-write-token");
    request.notes.user_id = token.user;
    request.notes.repo_id = token.repo;
    XetCall call{services, request, token};
    co_return co_await handler(call);
}

Task<http::Response> run_xet_endpoint(const Services& services, auth::TokenScope scope,
                                      Answer (*handler)(XetCall&), http::Request& request) {
    auto answer = co_await run_xet_handler(services, scope, handler, request);
    if (!answer) co_return failure(services, request, answer.error(), false);
    co_return *std::move(answer);
}

Task<http::Response> run_signed_endpoint(const Services& services,
                                         Answer (*handler)(const Services&, http::Request&),
                                         http::Request& request) {
    auto answer = co_await handler(services, request);
    if (!answer) co_return failure(services, request, answer.error(), false);
    co_return *std::move(answer);
}

}  // namespace

std::string credentials(const http::Request& request) {
    const auto header = request.header("authorization");
    if (const auto bearer = after_scheme(header, "bearer")) return std::string(*bearer);
    if (const auto basic = after_scheme(header, "basic")) {
        const auto decoded = from_base64(*basic);
        if (!decoded) return "malformed";  // no key looks like this, so it is a wrong one
        const auto pair = as_chars(*decoded);
        const auto colon = pair.find(':');
        return std::string(colon == std::string_view::npos ? pair : pair.substr(colon + 1));
    }
    return header.empty() ? "" : "malformed";
}

http::Handler endpoint(const Services& services, Answer (*handler)(Call&)) {
    return [&services, handler](http::Request& request) {
        return run_endpoint(services, handler, CsrfToken::needed, request);
    };
}

http::Handler entry_endpoint(const Services& services, Answer (*handler)(Call&)) {
    return [&services, handler](http::Request& request) {
        return run_endpoint(services, handler, CsrfToken::not_needed, request);
    };
}

http::Handler repo_endpoint(const Services& services, hub::RepoKind kind, hub::Need need,
                            Answer (*handler)(RepoCall&)) {
    return [&services, route = RepoRoute{kind, need, handler}](http::Request& request) {
        return run_repo_endpoint(services, route, request);
    };
}

http::Handler git_endpoint(const Services& services, hub::RepoKind kind, hub::Need need,
                           Answer (*handler)(RepoCall&)) {
    return [&services, route = RepoRoute{kind, need, handler}](http::Request& request) {
        return run_git_endpoint(services, route, request);
    };
}

http::Handler xet_endpoint(const Services& services, auth::TokenScope scope,
                           Answer (*handler)(XetCall&)) {
    return [&services, scope, handler](http::Request& request) {
        return run_xet_endpoint(services, scope, handler, request);
    };
}

http::Handler signed_endpoint(const Services& services,
                              Answer (*handler)(const Services&, http::Request&)) {
    return [&services, handler](http::Request& request) {
        return run_signed_endpoint(services, handler, request);
    };
}

http::Response json_response(std::string body) {
    http::Response response;
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = std::move(body);
    return response;
}

}  // namespace siahub::cas
