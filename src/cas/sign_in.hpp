#pragma once
// What the handlers of signing in work with, wired by app/hub_services, and what they share. All
// that is referred to outlives the server.

#include "cas/endpoint.hpp"
#include "hub/accounts.hpp"
#include "kv/rate.hpp"

#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace siahub::hub {
class DeviceCodes;
class AccountRemoval;
class Identities;
class Invitations;
struct Invitation;
class Keys;
class OauthStates;
class Passwords;
class Sessions;
class SignUps;
class Users;
struct IssuedSession;
}  // namespace siahub::hub

namespace siahub::cas {

class OauthProviders;

struct SignIn {
    hub::Sessions& sessions;
    hub::Passwords& passwords;
    hub::SignUps& sign_ups;
    hub::Invitations& invitations;
    hub::Keys& keys;
    hub::Users& users;
    hub::AccountRemoval& removal;
    hub::DeviceCodes& devices;
    hub::Identities& identities;
    hub::OauthStates& oauth_states;
    // Attempts to prove who one is: for one account, and from one network.
    kv::Rate per_account, per_address;
    std::string version;
    OauthProviders* oauth = nullptr;  // null: no other provider
};

// Refused with a word for programs beside the sentence for people.
http::Response refusal(const Error& error, std::string_view error_code);

// A call that changes something for a browser without a session: refused when another site caused
// it, or when it is not JSON, which no form of another site can send. Browsers say who caused a
// call in Sec-Fetch-Site or Origin.
std::optional<http::Response> refuse_cross_site(const http::Request& request);

// A turn of the limits on attempts; the answer when there is none left. `account` may be empty.
Task<std::optional<http::Response>> refuse_attempt(const Services& services,
                                                   const http::Request& request,
                                                   std::string account);

// What the pages of a browser begin with: "https://hub.example.org".
std::string page_url(const http::Request& request, std::string_view path_and_query);

// The caller signed in with a browser, not with a key.
Result<void> require_session(const Call& call);
// May change things of his own.
Result<void> require_writer(const Call& call);

http::Response no_content();
// JSON that nobody keeps a copy of.
http::Response private_json(std::string body);

void set_session_cookie(const Services& services, const http::Request& request,
                        const hub::IssuedSession& issued, http::Response& response);
// A new session, whose cookie goes with the answer. That which the browser had ends. `provider`:
// who says that it is him; empty for a password.
Task<Result<hub::IssuedSession>> start_session(const Call& call, RowId user_id,
                                               std::string provider, http::Response& response);
// For the administrators, and never more than they can read: of one name and network once a
// minute, and of all together some every minute.
Task<void> note_failed_sign_in(const Call& call, std::string name);

boost::json::object invitation_json(const hub::Invitation& invitation);

}  // namespace siahub::cas
