// The body of a tree object: what is accepted is written again byte for byte, and its names are
// found.

#include "git/tree.hpp"

#include <cstdlib>

using namespace siahub;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span(data, size));
    const Bytes body(input.begin(), input.end());
    const auto tree = git::Tree::parse(body);
    if (!tree) return 0;
    git::TreeWriter writer;
    for (std::size_t i = 0; i < tree->size(); ++i) {
        const auto entry = tree->at(i);
        writer.add(entry.mode, entry.name, entry.oid);
        if (tree->index_of(entry.name) != i) std::abort();
        const auto key = std::string(entry.name) + (entry.is_tree() ? "/" : "");
        if (tree->lower_bound(key) != i) std::abort();
    }
    if (writer.take() != body) std::abort();
    return 0;
}
