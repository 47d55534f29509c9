#include "store/open_files.hpp"

namespace siahub::store {

SharedFile OpenFiles::find(const xet::Hash& xorb) {
    const std::scoped_lock guard(mutex_);
    const auto found = open_.find(xorb);
    if (found == open_.end()) {
        ++stats_.misses;
        return nullptr;
    }
    ++stats_.hits;
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front().second;
}

void OpenFiles::put(const xet::Hash& xorb, SharedFile file) {
    const std::scoped_lock guard(mutex_);
    if (open_.contains(xorb)) return;
    if (open_.size() >= max_open_) {
        ++stats_.evictions;
        open_.erase(recent_.back().first);
        recent_.pop_back();
    }
    recent_.emplace_front(xorb, std::move(file));
    open_.emplace(xorb, recent_.begin());
}

CacheStats OpenFiles::stats() const {
    const std::scoped_lock guard(mutex_);
    auto stats = stats_;
    stats.entries = stats.cost = open_.size();
    return stats;
}

void OpenFiles::drop(const xet::Hash& xorb) {
    const std::scoped_lock guard(mutex_);
    const auto found = open_.find(xorb);
    if (found == open_.end()) return;
    recent_.erase(found->second);
    open_.erase(found);
}

}  // namespace siahub::store
