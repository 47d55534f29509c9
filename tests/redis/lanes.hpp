#pragma once
// I/O threads of a test, with one io_context each, as the program has them.

#include "core/task.hpp"

#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace siahub::kv {

class Lanes {
  public:
    explicit Lanes(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            lanes_.push_back(std::make_unique<Lane>());
    }
    std::vector<asio::any_io_executor> executors() {
        std::vector<asio::any_io_executor> executors;
        for (const auto& lane : lanes_)
            executors.emplace_back(lane->context.get_executor());
        return executors;
    }
    template <class T>
    std::future<T> spawn(Task<T> task, std::size_t lane = 0) {
        return asio::co_spawn(lanes_[lane % lanes_.size()]->context, std::move(task),
                              asio::use_future);
    }
    template <class T>
    T run(Task<T> task, std::size_t lane = 0) {
        return spawn(std::move(task), lane).get();
    }

  private:
    struct Lane {
        asio::io_context context{1};
        asio::executor_work_guard<asio::io_context::executor_type> keep{context.get_executor()};
        std::jthread thread{[this] { context.run(); }};
        ~Lane() {
            keep.reset();
            context.stop();
            thread.join();
        }
    };
    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace siahub::kv
