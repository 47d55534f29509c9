#pragma once
// Which addresses are pages of the console, by their shape alone. Pure.

#include <string_view>

namespace siahub::cas {

enum class Page {
    none,     // of the API, whether there is such a route or not
    unknown,  // neither: the console says so, with status 404
    known,
};

// `path` is raw, without query.
Page page_at(std::string_view path);

}  // namespace siahub::cas
