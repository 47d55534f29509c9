#pragma once
// What lies on the disk of one process of a hub, asked of another: the request is passed on to the
// node that has it, body and answer as streams. The node checks the request as if it had come
// straight from the client. Errors: not_found when the node is unknown, unavailable when it does
// not answer.

#include "cas/endpoint.hpp"

namespace siahub::cas {

[[nodiscard]] bool is_here(const Services& services, std::string_view node);
// `work`: bytes that the node reads before it answers, for which it gets time.
Answer pass_on_to(const Services& services, std::string_view node, http::Request& request,
                  std::uint64_t work = 0);

}  // namespace siahub::cas
