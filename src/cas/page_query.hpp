#pragma once
// `cursor=`, `limit=` and other numbers of a query.

#include "core/result.hpp"
#include "http/message.hpp"
#include "xet/hash.hpp"

#include <optional>

namespace siahub::cas {

// Between 1 and `most`; `otherwise` when it is not there. invalid_argument names the parameter.
Result<std::size_t> number_query(const http::Request& request, std::string_view name,
                                 std::size_t otherwise, std::size_t most);

// A page of what is ordered by hash.
struct HashPage {
    std::optional<xet::Hash> after;
    std::size_t limit = 0;
};
Result<HashPage> hash_page(const http::Request& request);

}  // namespace siahub::cas
