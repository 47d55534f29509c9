#pragma once
// Bodies that another process of this hub has on its disk: asks the nodes that hold a body, one
// after the other, for the bytes, with a token that only processes of this hub can make. A node
// that did not answer is asked last for a while, so that its silence is waited for once. A node
// that breaks off in the middle is an error; the cache keeps what came and asks again. Errors:
// not_found when no node has it, unavailable when none answers, conflict when one has the object in
// another serialization.

#include "auth/internal_token.hpp"
#include "core/log.hpp"
#include "http/client.hpp"
#include "store/bodies.hpp"
#include "store/nodes.hpp"

#include <chrono>
#include <map>
#include <mutex>

namespace siahub::gateway {

class PeerOrigin final : public store::BodyOrigin {
  public:
    // Everything outlives this.
    PeerOrigin(http::Client& client, store::Nodes& nodes, auth::InternalTokens tokens,
               const Log& log)
        : client_(client), nodes_(nodes), tokens_(std::move(tokens)), log_(log) {}

    Task<Result<std::unique_ptr<store::ByteSource>>> read(xet::Hash xorb,
                                                          xet::ByteSpan bytes) override;

  private:
    Task<Result<std::unique_ptr<store::ByteSource>>> ask(const std::string& node, xet::Hash xorb,
                                                         xet::ByteSpan bytes);

    std::vector<std::string> in_order(const std::vector<std::string>& nodes);
    void note_silence(const std::string& node);

    http::Client& client_;
    store::Nodes& nodes_;
    auth::InternalTokens tokens_;
    const Log& log_;
    std::mutex mutex_;
    std::map<std::string, std::chrono::steady_clock::time_point> silent_;  // since when
};

}  // namespace siahub::gateway
