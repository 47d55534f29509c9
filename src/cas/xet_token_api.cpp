#include "cas/xet_token_api.hpp"

#include "cas/commit_api.hpp"
#include "cas/revision.hpp"
#include "store/store.hpp"

#include <boost/json.hpp>

namespace siahub::cas {
namespace {

Answer token_answer(RepoCall& call, auth::TokenScope scope) {
    CO_TRY(refuse_pull_request(call.http));
    // A token is good for the whole repository; the revision must only make sense. Clients write
    // "None" when they have none.
    if (call.rest != "None") CO_TRY(co_await locate_revision(call));
    const auto token = issue_token(call, scope);
    auto response = json_response(boost::json::serialize(boost::json::object{
        {"accessToken", token.text}, {"exp", token.expires}, {"casUrl", call.http.base_url}}));
    response.headers.set("X-Xet-Cas-Url", call.http.base_url);
    response.headers.set("X-Xet-Access-Token", token.text);
    response.headers.set("X-Xet-Token-Expiration", std::to_string(token.expires));
    response.headers.set("Cache-Control", "no-store");
    co_return response;
}

}  // namespace

IssuedToken issue_token(const RepoCall& call, auth::TokenScope scope) {
    const auto life = std::chrono::milliseconds(call.services.lifetimes.xet_token).count();
    const auto expires = (call.services.clock.now() + life) / 1000;
    const auth::XetToken token{call.repo.id, call.caller->user_id, scope, expires * 1000,
                               call.caller->key_id};
    return {call.services.store.tokens.sign(token), expires};
}

Answer xet_read_token(RepoCall& call) {
    return token_answer(call, auth::TokenScope::read);
}
Answer xet_write_token(RepoCall& call) {
    return token_answer(call, auth::TokenScope::write);
}

}  // namespace siahub::cas
