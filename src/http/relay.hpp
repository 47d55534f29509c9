#pragma once
// Between a server's request and a client's: what a proxy or a gateway passes on without looking.

#include "http/client.hpp"
#include "http/message.hpp"

namespace siahub::http {

// The request's body as a source for a ClientRequest; nothing when the request has none. The server
// waits, by the request's cleanup, until the source is gone, so that it may be sent while the
// answer is on its way already.
std::optional<StreamBody> lend_body(Request& request);

// An answer to pass on: status, headers without those of the connection, and the body as a stream.
Response relay_response(ClientResponse response, Method method);

// Fields that concern one connection and not the message (RFC 9110 §7.6.1), including those that
// Connection names.
void remove_hop_by_hop(Headers& headers);

}  // namespace siahub::http
