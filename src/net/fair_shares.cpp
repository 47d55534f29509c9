#include "net/fair_shares.hpp"

#include <algorithm>

namespace siahub::net {

Task<FairShares::Share> FairShares::acquire(Owner owner, std::size_t bytes) {
    auto budget = budget_of(owner);
    auto lease = co_await budget->acquire(bytes);
    co_return Share(std::move(budget), std::move(lease));
}

std::size_t FairShares::owners() const {
    const std::scoped_lock guard(mutex_);
    return budgets_.size();
}

std::shared_ptr<ByteBudget> FairShares::budget_of(Owner owner) {
    const std::scoped_lock guard(mutex_);
    if (auto known = budgets_[owner].lock()) return known;
    auto budget = std::make_shared<ByteBudget>(each_);
    budgets_[owner] = budget;
    if (budgets_.size() >= clean_at_) {
        std::erase_if(budgets_, [](const auto& entry) { return entry.second.expired(); });
        clean_at_ = std::max<std::size_t>(64, 2 * budgets_.size());
    }
    return budget;
}

}  // namespace siahub::net
