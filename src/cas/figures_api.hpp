#pragma once
// Figures of the whole hub, for everybody.

#include "cas/endpoint.hpp"

namespace siahub::cas {

Answer hub_stats(Call& call);  // GET /api/stats
template <hub::RepoKind kind>
Answer tags_by_type(Call& call);  // GET /api/{kinds}-tags-by-type

}  // namespace siahub::cas
