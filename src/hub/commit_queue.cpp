#include "hub/commit_queue.hpp"

namespace siahub::hub {

CommitQueue::Turn::~Turn() {
    lock_.release();
    if (queue_ != nullptr) queue_->leave(key_);
}

Task<CommitQueue::Turn> CommitQueue::wait(RowId repo, std::string branch) {
    Key key(repo, std::move(branch));
    auto& mutex = enter(key);
    Turn turn(this, std::move(key));  // leaves the queue even if the wait is cancelled
    turn.lock_ = co_await mutex.lock();
    co_return turn;
}

AsyncMutex& CommitQueue::enter(const Key& key) {
    const std::scoped_lock guard(mutex_);
    auto& line = lines_[key];
    if (!line) line = std::make_unique<Line>();
    ++line->users;
    return line->mutex;
}

void CommitQueue::leave(const Key& key) {
    const std::scoped_lock guard(mutex_);
    const auto line = lines_.find(key);
    if (--line->second->users == 0) lines_.erase(line);
}

}  // namespace siahub::hub
