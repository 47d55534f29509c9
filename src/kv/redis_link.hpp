#pragma once
// Keeps one connection to Redis on one executor: connects, tells its owner, serves until the end,
// and connects again, after a pause that doubles while Redis stays away.

#include "kv/redis_pipeline.hpp"

namespace siahub::kv {

class RedisLink : public std::enable_shared_from_this<RedisLink> {
  public:
    // Called on the link's executor.
    class Owner {
      public:
        virtual ~Owner() = default;
        virtual void link_up(std::size_t index) = 0;
        virtual void link_down(std::size_t index, std::string_view why) = 0;
    };

    // `owner` outlives run().
    RedisLink(asio::any_io_executor executor, RedisOptions options, Owner& owner,
              std::size_t index);

    // Until stop(). Spawned on executor().
    Task<void> run();

    // Any thread.
    void stop();
    [[nodiscard]] std::shared_ptr<RedisPipeline> pipeline() const;  // null: not connected
    [[nodiscard]] const asio::any_io_executor& executor() const { return executor_; }

  private:
    Task<Error> live(std::shared_ptr<RedisPipeline> pipeline);
    Task<void> pause(std::chrono::milliseconds time);
    void publish(std::shared_ptr<RedisPipeline> pipeline);

    const asio::any_io_executor executor_;
    const RedisOptions options_;
    Owner& owner_;
    const std::size_t index_;
    asio::steady_timer timer_;
    bool stopped_ = false;
    std::shared_ptr<RedisPipeline> current_;  // also while it opens

    mutable std::mutex mutex_;
    std::shared_ptr<RedisPipeline> published_;
};

}  // namespace siahub::kv
