#include "net/io_threads.hpp"

#include <csignal>
#include <optional>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>

namespace siahub::net {

namespace asio = boost::asio;

struct IoThreads::Impl {
    struct Lane {
        asio::io_context context{1};  // one thread: lets Asio skip wake-ups of other threads
        std::optional<asio::executor_work_guard<asio::io_context::executor_type>> keep_running;
        std::jthread thread;
    };
    std::vector<std::unique_ptr<Lane>> lanes;
};

namespace {

// sendfile(2) has no MSG_NOSIGNAL: to a peer that has gone it would end the process.
void block_broken_pipe_signal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

IoThreads::IoThreads(std::size_t count) : impl_(std::make_unique<Impl>()) {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
        impl_->lanes.push_back(std::make_unique<Impl::Lane>());
}

IoThreads::~IoThreads() {
    stop();
}

std::size_t IoThreads::count() const {
    return impl_->lanes.size();
}

asio::io_context& IoThreads::context(std::size_t index) {
    return impl_->lanes.at(index)->context;
}

void IoThreads::start() {
    for (const auto& lane : impl_->lanes) {
        lane->keep_running.emplace(lane->context.get_executor());
        lane->thread = std::jthread([&context = lane->context] {
            block_broken_pipe_signal();
            context.run();
        });
    }
}

void IoThreads::stop() {
    for (const auto& lane : impl_->lanes) {
        lane->keep_running.reset();
        lane->context.stop();
    }
    for (const auto& lane : impl_->lanes)
        if (lane->thread.joinable()) lane->thread.join();
}

}  // namespace siahub::net
