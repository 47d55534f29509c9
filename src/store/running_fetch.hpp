#pragma once
// A FetchAhead that is a task of its own.

#include "net/gate.hpp"
#include "store/bodies.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace siahub::store {

class RunningFetch final : public FetchAhead {
  public:
    // `gate` has the task inside until it has ended; what it fails with is nobody's business.
    RunningFetch(const asio::any_io_executor& executor, Task<Result<SharedFile>> task,
                 net::Gate& gate);
    ~RunningFetch() override;
    RunningFetch(const RunningFetch&) = delete;
    RunningFetch& operator=(const RunningFetch&) = delete;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace siahub::store
