#include "http/request_log.hpp"

#include <array>

namespace siahub::http {

namespace {

constexpr std::size_t kLongestPath = 1024;

// To the microsecond.
double millis(std::chrono::nanoseconds time) {
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(time);
    return static_cast<double>(whole.count()) / 1000;
}

// Fields of one record, on the stack.
class Fields {
  public:
    void add(std::string_view key, std::string_view text) {
        if (!text.empty()) fields_.at(count_++) = {key, text};
    }
    void add(std::string_view key, std::uint64_t number) {
        fields_.at(count_++) = {key, static_cast<std::int64_t>(number)};
    }
    void add_id(std::string_view key, std::int64_t id) {
        if (id != 0) fields_.at(count_++) = {key, id};
    }
    void add_millis(std::string_view key, std::chrono::nanoseconds time) {
        fields_.at(count_++) = {key, millis(time)};
    }
    [[nodiscard]] std::span<const LogField> all() const { return {fields_.data(), count_}; }

  private:
    std::array<LogField, 17> fields_;
    std::size_t count_ = 0;
};

bool is_probe(std::string_view route) {
    return route == "/health" || route == "/ready" || route == "/metrics";
}

}  // namespace

void RequestLog::ended(const Exchange& exchange) {
    const auto routes = router_.routes();
    const std::string_view route =
        exchange.route < routes.size() ? routes[exchange.route].pattern : std::string_view();
    const auto level = is_probe(route) ? Log::Level::debug : Log::Level::info;
    if (!log_.enabled(level)) return;
    const auto& request = exchange.request;
    const auto& notes = request.notes;
    Fields fields;
    fields.add("request_id", request.request_id);
    fields.add("method", method_name(request.method));
    fields.add("route", route);
    fields.add("path", request.path.substr(0, kLongestPath));
    fields.add("status", std::uint64_t{exchange.status});
    if (exchange.ending != Ending::complete) fields.add("ended", name_of(exchange.ending));
    fields.add("bytes_in", exchange.bytes_in);
    fields.add("bytes_out", exchange.bytes_out);
    fields.add_millis("answer_ms", exchange.until_answer);
    fields.add_millis("duration_ms", exchange.duration);
    fields.add("remote", request.peer_address);
    fields.add("user", notes.user);
    fields.add_id("user_id", notes.user_id);
    fields.add_id("key_id", notes.key_id);
    fields.add_id("repo_id", notes.repo_id);
    fields.add("cache", notes.cache);
    log_.record(level, "request", fields.all());
}

}  // namespace siahub::http
