#pragma once
// Row ids in paths and cursors: decimal digits.

#include "cas/endpoint.hpp"
#include "core/ids.hpp"

#include <charconv>

namespace siahub::cas {

inline Result<RowId> parse_id(std::string_view text) {
    RowId id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size() || id <= 0)
        return fail(Code::not_found, "There is nothing with this id");
    return id;
}

inline Result<RowId> path_id(const Call& call, std::size_t capture) {
    return parse_id(call.http.captures[capture]);
}

}  // namespace siahub::cas
