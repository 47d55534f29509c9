#pragma once
// Lets the commits to one branch go one after the other, in order of arrival, and those to
// different branches side by side. Thread-safe. Turns may not outlive the queue.

#include "core/async_mutex.hpp"
#include "core/ids.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace siahub::hub {

class CommitQueue {
    using Key = std::pair<RowId, std::string>;

  public:
    // The right to commit; given back by its destructor.
    class Turn {
      public:
        Turn(Turn&& other) noexcept
            : queue_(std::exchange(other.queue_, nullptr)),
              key_(std::move(other.key_)),
              lock_(std::move(other.lock_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn();

      private:
        friend class CommitQueue;
        Turn(CommitQueue* queue, Key key) : queue_(queue), key_(std::move(key)) {}
        CommitQueue* queue_;
        Key key_;
        AsyncMutex::Lock lock_;
    };

    Task<Turn> wait(RowId repo, std::string branch);

  private:
    struct Line {
        AsyncMutex mutex;
        std::size_t users = 0;  // with and waiting for the lock
    };
    AsyncMutex& enter(const Key& key);
    void leave(const Key& key);

    std::mutex mutex_;
    std::map<Key, std::unique_ptr<Line>> lines_;
};

}  // namespace siahub::hub
