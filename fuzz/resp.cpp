// Replies of Redis: what comes out must not depend on how the bytes were split, and must not be
// larger than the limit whatever they claim.
#include "kv/resp_replay.hpp"

#include <cstddef>
#include <cstdlib>

using namespace siahub::kv;
using test::Replay;

namespace {

constexpr RespLimits kLimits{.reply_bytes = 4096, .line_bytes = 256, .depth = 4};

std::size_t memory_of(const Reply& reply) {
    std::size_t bytes = sizeof(Reply) + reply.text.size();
    for (const auto& item : reply.list)
        bytes += memory_of(item);
    return bytes;
}

Replay parse(std::string_view bytes, std::size_t piece) {
    auto result = test::replay(bytes, piece, kLimits);
    for (const auto& reply : result.replies)
        if (memory_of(reply) > kLimits.reply_bytes) std::abort();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (size == 0) return 0;
    const auto whole = parse(bytes, size);
    if (whole != parse(bytes, 1) || whole != parse(bytes, 7)) std::abort();
    return 0;
}
