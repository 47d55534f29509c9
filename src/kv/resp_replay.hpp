#pragma once
// Feeds bytes to a RespParser in pieces of one size and collects what comes out: for tests and the
// fuzz target, which compare how the same bytes parse in pieces of several sizes.

#include "kv/resp.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace siahub::kv::test {

struct Replay {
    std::vector<Reply> replies;
    std::string error;  // of what broke the stream; nothing follows it

    friend bool operator==(const Replay&, const Replay&) = default;
};

inline Replay replay(std::string_view bytes, std::size_t piece, RespLimits limits) {
    RespParser parser(limits);
    Replay result;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        parser.feed(bytes.substr(at, piece));
        while (true) {
            auto reply = parser.next();
            if (!reply) {
                result.error = reply.error().message;
                return result;
            }
            if (!*reply) break;
            result.replies.push_back(**std::move(reply));
        }
    }
    return result;
}

}  // namespace siahub::kv::test
