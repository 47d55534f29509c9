#pragma once
// Keeps one owner from holding all of what many share: each may have a part of it, and whoever asks
// for more waits for his own to come back, not for that of others. To be taken before the thing
// itself. First come, first served for each owner. An owner costs memory only while he holds or
// waits for something. Thread-safe.

#include "net/byte_budget.hpp"

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace siahub::net {

class FairShares {
  public:
    using Owner = std::int64_t;

    class Share {
      public:
        Share() = default;

      private:
        friend class FairShares;
        Share(std::shared_ptr<ByteBudget> budget, ByteBudget::Lease lease)
            : budget_(std::move(budget)), lease_(std::move(lease)) {}
        std::shared_ptr<ByteBudget> budget_;
        ByteBudget::Lease lease_;
    };

    explicit FairShares(std::size_t each) : each_(each) {}

    // More than a whole share counts as a whole share.
    Task<Share> acquire(Owner owner, std::size_t bytes);
    [[nodiscard]] std::size_t owners() const;  // who are remembered, some of them for no reason

  private:
    std::shared_ptr<ByteBudget> budget_of(Owner owner);

    std::size_t each_;
    mutable std::mutex mutex_;
    std::unordered_map<Owner, std::weak_ptr<ByteBudget>> budgets_;
    std::size_t clean_at_ = 64;
};

}  // namespace siahub::net
