#pragma once
// One HTTP API of indexd: sends requests, reads bounded answers, turns statuses into errors. Used
// by the clients of the two APIs; belongs to whoever owns the http::Client.

#include "core/task.hpp"
#include "http/client.hpp"
#include "sia/indexd/api_error.hpp"

#include <boost/json/value.hpp>

namespace siahub::sia::indexd {

struct Call {
    std::string method = "GET";
    std::string path{};   // "/slabs", below the path of the endpoint
    std::string query{};  // without '?'
    std::string body{};   // JSON, or nothing
    std::string authorization{};
    std::size_t max_answer = std::size_t{32} << 20;
};

class Endpoint {
  public:
    // "http://127.0.0.1:9980/api": http or https, with or without a path. invalid_argument.
    static Result<Endpoint> parse(http::Client& client, std::string_view url);

    // What the server answered with a status below 300; "" for 204.
    Task<ApiResult<std::string>> send(Call call) const;
    // The same, parsed; null for 204.
    Task<ApiResult<boost::json::value>> json(Call call) const;

    [[nodiscard]] const http::Origin& origin() const { return origin_; }
    [[nodiscard]] const std::string& base_path() const { return base_; }

  private:
    Endpoint(http::Client& client, http::Origin origin, std::string base)
        : client_(&client), origin_(std::move(origin)), base_(std::move(base)) {}

    http::Client* client_;
    http::Origin origin_;
    std::string base_;  // without a slash at the end
};

}  // namespace siahub::sia::indexd
