#pragma once
// Which handler answers a method and a path. Patterns are matched against the raw path, segment by
// segment: "{name}" captures one segment, "{rest*}" as the last part captures the remainder with
// its slashes (possibly empty). Literal segments win over captures; longer literal prefixes are
// tried first and matching backtracks. A HEAD with no route of its own uses GET's.

#include "http/message.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::http {

using Handler = std::function<Task<Response>(Request&)>;

class Router {
  public:
    Router();
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;
    void add(Method method, std::string_view pattern, Handler handler);

    struct Route {
        Method method;
        std::string pattern;
    };
    static constexpr std::size_t kNoRoute = SIZE_MAX;
    // In the order they were added.
    [[nodiscard]] std::span<const Route> routes() const { return routes_; }

    struct Match {
        const Handler* handler = nullptr;  // null: no such path
        std::size_t route = kNoRoute;      // index into routes()
        std::vector<std::string_view> captures;
        bool method_mismatch = false;         // the path exists under another method: 405
        std::string allowed_methods() const;  // the value of Allow for a 405
        unsigned allowed_mask = 0;            // bit n: the n-th Method
    };
    [[nodiscard]] Match find(Method method, std::string_view path) const;

  private:
    struct Node;
    std::unique_ptr<Node> root_;
    std::vector<Route> routes_;
};

}  // namespace siahub::http
