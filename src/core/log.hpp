#pragma once
// One JSON object per line on standard error: {"time":…,"level":…,"event":…, fields…}. Passed in;
// thread-safe. Never log keys, tokens or signed URLs.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

namespace siahub {

struct LogField {
    std::string_view key;
    std::variant<std::string_view, std::int64_t> value;
};

class Log {
  public:
    enum class Level { debug, info, warn, error, off };

    explicit Log(Level level);
    ~Log();

    void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const;
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) const;
    void warn(std::string_view event, std::initializer_list<LogField> fields = {}) const;
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) const;
    [[nodiscard]] bool enabled(Level level) const;

  private:
    void write(Level level, std::string_view event, std::initializer_list<LogField> fields) const;

    struct Sink;
    std::unique_ptr<Sink> sink_;
};

}  // namespace siahub
