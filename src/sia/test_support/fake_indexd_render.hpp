#pragma once
// JSON as indexd writes it, for the two files that answer requests.

#include "sia/test_support/fake_indexd.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace siahub::sia::testing {

inline boost::json::value rendering(const Hash256& hash) {
    return boost::json::string(hash.hex());
}

// The part of a list that was asked for.
template <class T, class Render>
boost::json::array page_of(const std::vector<T>& all, std::pair<std::size_t, std::size_t> page,
                           Render render) {
    boost::json::array part;
    for (auto at = page.first; at < all.size() && part.size() < page.second; ++at)
        part.push_back(render(all[at]));
    return part;
}

}  // namespace siahub::sia::testing
