#pragma once
// A shard registration in progress. It runs on its own: a client that leaves does not undo it, and
// its retry finds it done. V2 answers tell how far it is, at least every kHeartbeat, because
// clients give up on a silent connection.

#include "cas/endpoint.hpp"
#include "store/shard_registry.hpp"

#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/steady_timer.hpp>

namespace siahub::cas {

inline constexpr std::chrono::seconds kHeartbeat{15};
inline constexpr std::chrono::seconds kPlainAnswerWithin{2};

// Used on the executor of the request that started it.
class ShardRegistration {
  public:
    ShardRegistration(const asio::any_io_executor& executor, std::string body,
                      net::ByteBudget::Lease lease);

    // Returns when the registration ended or the time is over.
    Task<void> wait(std::chrono::milliseconds limit);
    Task<Result<store::RegisteredShard>> finished();

    [[nodiscard]] bool done() const { return result_.has_value(); }
    [[nodiscard]] bool failed() const { return result_ && !*result_; }
    [[nodiscard]] const Error& error() const { return result_->error(); }
    [[nodiscard]] const store::RegisteredShard& value() const { return **result_; }
    [[nodiscard]] std::size_t verified() const { return verified_; }
    [[nodiscard]] std::size_t total() const { return total_; }

    // The background task. `self` keeps everything it uses alive.
    static Task<void> run(std::shared_ptr<ShardRegistration> self, const Services& services,
                          auth::XetToken token);

  private:
    asio::steady_timer changed_;
    net::ByteBudget::Lease lease_;  // pays for the body
    std::string body_;
    std::size_t verified_ = 0, total_ = 0;
    std::optional<Result<store::RegisteredShard>> result_;
};

// Reads the body of the request and starts to register it.
Task<Result<std::shared_ptr<ShardRegistration>>> start_registration(XetCall& call);

// NDJSON lines until the terminal one.
std::unique_ptr<http::BodySource> stream_progress(std::shared_ptr<ShardRegistration> registration);

}  // namespace siahub::cas
