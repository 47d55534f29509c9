#pragma once
// X-Request-Id as Hub clients expect it: a given x-request-id comes back exactly; otherwise the
// answer contains the client's X-Amzn-Trace-Id; otherwise it is a fresh random id. One source per
// thread.

#include "http/message.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace siahub::http {

class RequestIds {
  public:
    void assign(std::string& id, const Headers& headers);

  private:
    void append_hex(std::string& out, std::size_t bytes);

    // One getrandom(2) for many ids: the call costs more than the rest of a small request's head.
    std::array<std::byte, 1024> pool_{};
    std::size_t used_ = sizeof pool_;
};

}  // namespace siahub::http
