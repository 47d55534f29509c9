#include "gateway/peer_origin.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace siahub::gateway {
namespace {

constexpr std::chrono::seconds kSilence{30};

class AnswerSource final : public store::ByteSource {
  public:
    explicit AnswerSource(std::unique_ptr<http::ClientBody> body) : body_(std::move(body)) {}
    Task<Result<ByteView>> next() override { return body_->next(); }

  private:
    std::unique_ptr<http::ClientBody> body_;
};

}  // namespace

Task<Result<std::unique_ptr<store::ByteSource>>> PeerOrigin::read(xet::Hash xorb,
                                                                  xet::ByteSpan bytes) {
    const auto nodes = in_order(CO_TRY(co_await nodes_.holders(xorb)));
    if (nodes.empty()) co_return fail(Code::not_found, "No process of this hub has this object");
    std::optional<Error> others;
    for (const auto& node : nodes) {
        auto source = co_await ask(node, xorb, bytes);
        if (source) co_return source;
        if (source.error().code == Code::timeout) note_silence(node);
        if (source.error().code == Code::conflict) others = source.error();
        log_.warn("peer.refused",
                  {{"node", node}, {"xorb", xorb.hex()}, {"cause", source.error().message}});
    }
    if (others) co_return Failure(*others);
    co_return fail(Code::unavailable, "The process that holds this object does not answer");
}

std::vector<std::string> PeerOrigin::in_order(const std::vector<std::string>& nodes) {
    const auto recently = std::chrono::steady_clock::now() - kSilence;
    const std::scoped_lock guard(mutex_);
    std::erase_if(silent_, [&](const auto& entry) { return entry.second < recently; });
    std::vector<std::string> ordered;
    for (const bool silent : {false, true})
        std::ranges::copy_if(nodes, std::back_inserter(ordered),
                             [&](const auto& node) { return silent_.contains(node) == silent; });
    return ordered;
}

void PeerOrigin::note_silence(const std::string& node) {
    const std::scoped_lock guard(mutex_);
    silent_.insert_or_assign(node, std::chrono::steady_clock::now());
}

Task<Result<std::unique_ptr<store::ByteSource>>> PeerOrigin::ask(const std::string& node,
                                                                 xet::Hash xorb,
                                                                 xet::ByteSpan bytes) {
    http::ClientRequest request;
    request.origin = CO_TRY(http::parse_origin(node));
    request.target = fmt::format("/internal/xorbs/{}", xorb.hex());
    request.headers.set("Authorization",
                        fmt::format("Bearer {}", tokens_.sign("GET " + request.target)));
    request.headers.set("Range", fmt::format("bytes={}-{}", bytes.start, bytes.end - 1));
    auto answer = CO_TRY(co_await client_.send(std::move(request)));
    if (answer.status == 416 || (answer.status == 206 && answer.content_length != bytes.size()))
        co_return fail(Code::conflict, "it holds other bytes of this object");
    if (answer.status != 206)
        co_return fail(Code::unavailable, fmt::format("it answered {}", answer.status));
    co_return std::make_unique<AnswerSource>(std::move(answer.body));
}

}  // namespace siahub::gateway
