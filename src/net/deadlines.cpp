#include "net/deadlines.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace siahub::net {

Deadlines::Entry::Entry(Deadlines& owner) : owner_(owner), index_(owner.entries_.size()) {
    owner.entries_.push_back(this);
}

Deadlines::Entry::~Entry() {
    auto& entries = owner_.entries_;
    entries[index_] = entries.back();
    entries[index_]->index_ = index_;
    entries.pop_back();
}

Deadlines::Deadlines(asio::io_context& context, std::chrono::milliseconds interval)
    : timer_(context), interval_(interval) {}

Task<void> Deadlines::run() {
    while (!stopped_) {
        timer_.expires_after(interval_);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        sweep();
    }
}

void Deadlines::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Deadlines::sweep() {
    const auto now = std::chrono::steady_clock::now();
    // By index and downwards: an entry that removes itself is replaced by one already visited.
    for (std::size_t i = entries_.size(); i-- > 0;) {
        if (i >= entries_.size()) continue;
        Entry& entry = *entries_[i];
        if (entry.deadline_ <= now) {
            entry.deadline_ = kNever;
            entry.on_deadline();
        } else {
            entry.on_sweep();
        }
    }
}

}  // namespace siahub::net
