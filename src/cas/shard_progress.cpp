#include "cas/shard_progress.hpp"

#include "cas/held_body.hpp"
#include "hub/traffic.hpp"
#include "store/store.hpp"
#include "xet/limits.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace {

// The body and what the parser makes of it.
constexpr std::size_t kCostPerByte = 3;

class ProgressLines final : public http::BodySource {
  public:
    explicit ProgressLines(std::shared_ptr<ShardRegistration> registration)
        : registration_(std::move(registration)) {}

    Task<Result<ByteView>> next() override {
        if (ended_) co_return ByteView();
        if (!registration_->done() && started_) co_await registration_->wait(kHeartbeat);
        started_ = true;
        ended_ = registration_->done();
        line_ = ended_ ? terminal_line() : progress_line();
        co_return as_bytes(line_);
    }

  private:
    [[nodiscard]] std::string progress_line() const {
        const auto verified = registration_->verified();
        const auto total = registration_->total();
        if (total > 0 && verified == total)
            return "{\"type\":\"committing\",\"stage\":\"syncing\"}\n";
        return fmt::format("{{\"type\":\"validating\",\"verified\":{},\"total\":{}}}\n", verified,
                           total);
    }

    [[nodiscard]] std::string terminal_line() const {
        if (!registration_->failed())
            return fmt::format("{{\"type\":\"result\",\"result\":{}}}\n",
                               registration_->value().is_new ? 1 : 0);
        const auto& error = registration_->error();
        const bool retryable = error.code == Code::unavailable;
        return boost::json::serialize(boost::json::object{
                   {"type", "error"}, {"message", error.message}, {"retryable", retryable}}) +
               "\n";
    }

    std::shared_ptr<ShardRegistration> registration_;
    std::string line_;
    bool started_ = false;
    bool ended_ = false;
};

}  // namespace

ShardRegistration::ShardRegistration(const asio::any_io_executor& executor, std::string body,
                                     net::ByteBudget::Lease lease)
    : changed_(executor), lease_(std::move(lease)), body_(std::move(body)) {}

Task<void> ShardRegistration::wait(std::chrono::milliseconds limit) {
    if (done()) co_return;
    changed_.expires_after(limit);
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
}

Task<Result<store::RegisteredShard>> ShardRegistration::finished() {
    while (!done())
        co_await wait(kHeartbeat);
    co_return *result_;
}

Task<void> ShardRegistration::run(std::shared_ptr<ShardRegistration> self, const Services& services,
                                  auth::XetToken token) {
    const auto progress = [&self](std::size_t verified, std::size_t total) {
        self->verified_ = verified;
        self->total_ = total;
    };
    auto registered =
        co_await services.store.shards.register_shard(token.repo, as_bytes(self->body_), progress);
    // A repetition has been counted.
    if (registered && registered->is_new)
        services.traffic.registered(token.repo, {token.user, token.key}, registered->files,
                                    registered->bytes);
    if (registered && services.until_pinned) {
        const auto pinned = co_await services.until_pinned(registered->xorbs);
        // It is registered: the client's next try waits for the rest.
        if (!pinned) registered = Failure(pinned.error());
    }
    self->result_ = std::move(registered);
    self->changed_.cancel();
}

Task<Result<std::shared_ptr<ShardRegistration>>> start_registration(XetCall& call) {
    constexpr BodyLimits limits{
        .most = xet::kMaxShardBody, .held = xet::kMaxShardBody, .factor = kCostPerByte};
    auto held =
        CO_TRY(co_await hold_body(call.services.memory, call.services.store, call.http, limits));
    auto body = CO_TRY(co_await call.http.body->read_all(xet::kMaxShardBody));
    const auto executor = co_await asio::this_coro::executor;
    auto registration =
        std::make_shared<ShardRegistration>(executor, std::move(body), held.take_lease());
    call.services.background.spawn(executor,
                                   ShardRegistration::run(registration, call.services, call.token));
    co_return registration;
}

std::unique_ptr<http::BodySource> stream_progress(std::shared_ptr<ShardRegistration> registration) {
    return std::make_unique<ProgressLines>(std::move(registration));
}

}  // namespace siahub::cas
