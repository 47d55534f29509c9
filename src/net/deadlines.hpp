#pragma once
// Deadlines of many connections for the price of one timer: every entry stores a time point (a
// plain assignment per operation) and a sweep looks at all of them once per interval, so a deadline
// fires up to one interval late. Belongs to one io_context and is used on its thread only. run() is
// spawned by the owner, who calls stop() and waits for it before destroying this object.

#include "core/task.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

#include <boost/asio/steady_timer.hpp>

namespace siahub::net {

class Deadlines {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr TimePoint kNever = TimePoint::max();

    class Entry {
      public:
        explicit Entry(Deadlines& owner);
        virtual ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

      protected:
        void set_deadline(TimePoint at) { deadline_ = at; }
        // Called once when the deadline has passed; it is cleared before.
        virtual void on_deadline() = 0;
        // Called at every sweep.
        virtual void on_sweep() {}

      private:
        friend class Deadlines;
        Deadlines& owner_;
        std::size_t index_;
        TimePoint deadline_ = kNever;
    };

    Deadlines(asio::io_context& context, std::chrono::milliseconds interval);

    Task<void> run();
    void stop();

  private:
    void sweep();

    asio::steady_timer timer_;
    std::chrono::milliseconds interval_;
    std::vector<Entry*> entries_;
    bool stopped_ = false;
};

}  // namespace siahub::net
