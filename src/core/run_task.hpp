#pragma once
// Runs one task to its end on the calling thread: for start-up, admin commands and tests. T is
// default constructible. An exception of the task comes out.

#include "core/task.hpp"

#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace siahub {

template <class T>
T run_task(Task<T> task) {
    asio::io_context context(1);
    std::exception_ptr failure;
    std::optional<T> result;
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr thrown, T value) {
        failure = std::move(thrown);
        result.emplace(std::move(value));
    });
    context.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}

}  // namespace siahub
