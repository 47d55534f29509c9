#pragma once
// Task<T> is the coroutine type of the project. Rules (CONTRIBUTING.md): parameters are values or
// references to objects that the awaiting scope owns; no capturing coroutine lambdas; whoever
// spawns a task waits for it before the objects it uses go away.

#include "core/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace siahub {

namespace asio = boost::asio;

template <class T>
using Task = asio::awaitable<T>;

}  // namespace siahub
