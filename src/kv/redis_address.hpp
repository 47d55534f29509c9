#pragma once
// Where a Redis is and who we are there, from a URL:
//   redis://[user:password@]host[:port][/database]
//   unix://[user:password@]/path/of/socket[?db=database]
// User and password are percent-encoded. Errors: invalid_argument, without the secret.

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace siahub::kv {

struct RedisAddress {
    std::string host;  // empty: socket_path
    std::uint16_t port = 6379;
    std::string socket_path;
    std::string user, password;  // empty: none
    std::uint32_t database = 0;

    // For people; without the password.
    [[nodiscard]] std::string shown() const;
};

Result<RedisAddress> parse_redis_url(std::string_view url);

}  // namespace siahub::kv
