#pragma once
// Look-ups of many keys with few statements. A statement is prepared once per text, so every list
// has the same number of places; the last key fills those that are over.

#include "core/bytes.hpp"
#include "core/ids.hpp"
#include "db/database.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace siahub::hub {

inline constexpr std::size_t kInList = 64;

// "($2, $3, …, $65)"; $1 is left for the repository.
inline std::string in_list_places() {
    std::string text = "(";
    for (std::size_t i = 0; i < kInList; ++i)
        text += (i == 0 ? "$" : ", $") + std::to_string(i + 2);
    return text + ")";
}

// The parameters for up to kInList keys, at least one. `view` makes a ByteView of a key.
template <class Key, class View>
db::Params in_list_params(RowId repo, std::span<const Key> keys, View view) {
    db::Params params{repo};
    params.reserve(kInList + 1);
    for (std::size_t i = 0; i < kInList; ++i)
        params.emplace_back(view(keys[std::min(i, keys.size() - 1)]));
    return params;
}

// Some lists are short reads, many are not.
inline db::Weight in_list_weight(std::size_t keys) {
    return keys <= 2 * kInList ? db::Weight::point : db::Weight::scan;
}

}  // namespace siahub::hub
