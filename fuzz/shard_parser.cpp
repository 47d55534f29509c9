// An uploaded shard: what is accepted can be written and reads back equal, and is judged without
// harm against an index that knows the xorbs it lists.

#include "xet/shard_parser.hpp"

#include "xet/shard_builder.hpp"
#include "xet/shard_verifier.hpp"

#include <cstdlib>
#include <unordered_map>

using namespace siahub;
using namespace siahub::xet;

namespace {

XorbIndex index_of(const ShardXorb& xorb) {
    XorbIndex index{xorb.xorb, {}};
    std::uint32_t physical = 0;
    std::uint32_t unpacked = 0;
    for (const auto& chunk : xorb.chunks) {
        physical += 8 + chunk.unpacked_length;
        unpacked += chunk.unpacked_length;
        index.chunks.push_back({chunk.hash, physical, unpacked});
    }
    return index;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto shard = parse_shard(std::as_bytes(std::span(data, size)));
    if (!shard) return 0;
    for (const auto form : {ShardFooter::none, ShardFooter::js}) {
        if (parse_shard(build_upload_shard(*shard, form)).value() != *shard) std::abort();
    }
    std::unordered_map<Hash, XorbIndex> indexes;
    for (const auto& xorb : shard->xorbs) {
        indexes[xorb.xorb] = index_of(xorb);
        if (!verify_xorb(xorb, indexes[xorb.xorb])) std::abort();
    }
    const IndexLookup lookup = [&](const Hash& xorb) {
        const auto found = indexes.find(xorb);
        return found == indexes.end() ? nullptr : &found->second;
    };
    for (const auto& file : shard->files) {
        const auto verified = verify_file(file, lookup, Verification::optional);
        if (verified && verified->size != file.size()) std::abort();
    }
    return 0;
}
