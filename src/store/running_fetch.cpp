#include "store/running_fetch.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace siahub::store {

struct RunningFetch::State {
    explicit State(net::Gate& gate) : pass(gate) {}
    net::Gate::Pass pass;
    asio::cancellation_signal cancel;
    bool over = false;
};

RunningFetch::RunningFetch(const asio::any_io_executor& executor, Task<Result<SharedFile>> task,
                           net::Gate& gate)
    : state_(std::make_shared<State>(gate)) {
    auto ended = [state = state_, executor](const std::exception_ptr&, const Result<SharedFile>&) {
        state->over = true;
        // Later: the end of the task still uses its slot.
        asio::post(executor, [state] {});
    };
    asio::co_spawn(executor, std::move(task),
                   asio::bind_cancellation_slot(state_->cancel.slot(), std::move(ended)));
}

RunningFetch::~RunningFetch() {
    if (!state_->over) state_->cancel.emit(asio::cancellation_type::terminal);
}

}  // namespace siahub::store
