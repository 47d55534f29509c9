#include "http/router.hpp"

#include <algorithm>
#include <array>

namespace siahub::http {

namespace {

constexpr std::size_t kMethods = static_cast<std::size_t>(Method::other) + 1;
struct Target {
    Handler handler;
    std::size_t route = Router::kNoRoute;
};
using HandlerTable = std::array<Target, kMethods>;

constexpr unsigned bit(Method method) {
    return 1U << static_cast<unsigned>(method);
}

// What of `segment` a capture with `suffix` takes; nullopt when it does not fit or would be empty.
std::optional<std::string_view> capture_of(std::string_view segment, std::string_view suffix) {
    if (segment.size() <= suffix.size() || !segment.ends_with(suffix)) return std::nullopt;
    return segment.substr(0, segment.size() - suffix.size());
}

}  // namespace

struct Router::Node {
    struct Child {
        std::string text;  // the literal segment, or the suffix of a capture
        std::unique_ptr<Node> node;
    };
    std::vector<Child> literals;
    std::vector<Child> captures;  // longest suffix first
    HandlerTable here;
    HandlerTable rest;  // "{name*}" below this node

    // `path` is empty or starts with the slash before the next segment.
    bool find(Method method, std::string_view path, Match& match) const;
    bool find_below(Method method, std::string_view path, Match& match) const;
    static Node& child(std::vector<Child>& children, std::string_view text);
    static bool choose(const HandlerTable& table, Method method, Match& match);
};

Router::Node& Router::Node::child(std::vector<Child>& children, std::string_view text) {
    for (const auto& existing : children)
        if (existing.text == text) return *existing.node;
    const auto at = std::ranges::find_if(
        children, [&](const Child& other) { return other.text.size() < text.size(); });
    return *children.insert(at, {std::string(text), std::make_unique<Node>()})->node;
}

bool Router::Node::choose(const HandlerTable& table, Method method, Match& match) {
    const auto* target = &table[static_cast<std::size_t>(method)];
    if (!target->handler && method == Method::head)
        target = &table[static_cast<std::size_t>(Method::get)];
    if (target->handler) {
        match.handler = &target->handler;
        match.route = target->route;
        return true;
    }
    for (std::size_t i = 0; i < kMethods; ++i)
        if (table[i].handler) match.allowed_mask |= 1U << i;
    return false;
}

bool Router::Node::find(Method method, std::string_view path, Match& match) const {
    if (path.empty()) {
        if (choose(here, method, match)) return true;
    } else if (find_below(method, path, match)) {
        return true;
    }
    match.captures.push_back(path.substr(path.empty() ? 0 : 1));
    if (choose(rest, method, match)) return true;
    match.captures.pop_back();
    return false;
}

bool Router::Node::find_below(Method method, std::string_view path, Match& match) const {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, end - 1);
    const auto remainder = path.substr(end);
    for (const auto& literal : literals)
        if (literal.text == segment && literal.node->find(method, remainder, match)) return true;
    for (const auto& capture : captures) {
        const auto part = capture_of(segment, capture.text);
        if (!part) continue;
        match.captures.push_back(*part);
        if (capture.node->find(method, remainder, match)) return true;
        match.captures.pop_back();
    }
    return false;
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(Method method, std::string_view pattern, Handler handler) {
    Node* node = root_.get();
    const auto index = static_cast<std::size_t>(method);
    Target target{std::move(handler), routes_.size()};
    routes_.push_back({method, std::string(pattern)});
    while (!pattern.empty()) {
        const auto end = std::min(pattern.find('/', 1), pattern.size());
        const auto segment = pattern.substr(1, end - 1);
        pattern.remove_prefix(end);
        const auto close = segment.starts_with('{') ? segment.find('}') : std::string_view::npos;
        if (close == std::string_view::npos) {
            node = &Node::child(node->literals, segment);
        } else if (segment[close - 1] == '*') {
            node->rest[index] = std::move(target);
            return;
        } else {
            node = &Node::child(node->captures, segment.substr(close + 1));
        }
    }
    node->here[index] = std::move(target);
}

Router::Match Router::find(Method method, std::string_view path) const {
    Match match;
    if (!path.starts_with('/')) return match;
    root_->find(method, path, match);
    match.method_mismatch = match.handler == nullptr && match.allowed_mask != 0;
    return match;
}

std::string Router::Match::allowed_methods() const {
    std::string names;
    unsigned mask = allowed_mask;
    if ((mask & bit(Method::get)) != 0) mask |= bit(Method::head);
    for (std::size_t i = 0; i + 1 < kMethods; ++i) {
        if ((mask & 1U << i) == 0) continue;
        if (!names.empty()) names += ", ";
        names += method_name(static_cast<Method>(i));
    }
    return names;
}

}  // namespace siahub::http
