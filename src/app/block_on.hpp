#pragma once
// Runs a task to its end on the calling thread: for start-up and the command line. The task must
// not need any other executor's thread that the caller blocks.

#include "core/task.hpp"

#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace siahub::app {

template <class T>
T block_on(Task<T> task) {
    asio::io_context io(1);
    std::exception_ptr failure;
    std::optional<T> result;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown, T value) {
        failure = thrown;
        if (!thrown) result.emplace(std::move(value));
    });
    io.run();
    if (failure) std::rethrow_exception(failure);
    return *std::move(result);
}

}  // namespace siahub::app
