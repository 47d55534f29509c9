#include "db/lock_order.hpp"

#include <algorithm>
#include <numeric>

namespace siahub::db {

void sort_by_bytes(std::vector<Params>& batch, std::size_t column) {
    std::vector<std::size_t> order(batch.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const auto left = std::get<ByteView>(batch[a][column]);
        const auto right = std::get<ByteView>(batch[b][column]);
        const auto compared = std::lexicographical_compare_three_way(left.begin(), left.end(),
                                                                     right.begin(), right.end());
        return compared != 0 ? compared < 0 : a < b;
    });
    std::vector<Params> sorted;
    sorted.reserve(batch.size());
    for (const auto at : order)
        sorted.push_back(std::move(batch[at]));
    batch = std::move(sorted);
}

void sort_by_integer(std::vector<Params>& batch, std::size_t column) {
    std::ranges::sort(batch, {},
                      [column](const Params& p) { return std::get<std::int64_t>(p[column]); });
}

}  // namespace siahub::db
