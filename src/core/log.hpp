#pragma once
// One line per event on standard error, as a JSON object ({"time":…,"level":…,"event":…, fields…})
// or as logfmt (time=… level=… event=…). Passed in; thread-safe. Never log keys, tokens or signed
// URLs. Bytes that are not UTF-8 are replaced, so that a line can always be read back.
//
// An event is on its way when the call returns. A record, of which there is one per request, costs
// its caller no system call: a thread writes those of the last moment together. When nobody reads
// standard error, records are dropped and counted, so that a stuck reader holds up no request.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

namespace siahub {

struct LogField {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double> value;
};

class Log {
  public:
    enum class Level { debug, info, warn, error, off };
    enum class Format { json, logfmt };

    explicit Log(Level level, Format format = Format::json);
    ~Log();  // writes what is left

    void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const;
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) const;
    void warn(std::string_view event, std::initializer_list<LogField> fields = {}) const;
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) const;
    void record(Level level, std::string_view event, std::span<const LogField> fields) const;
    [[nodiscard]] bool enabled(Level level) const { return level >= level_; }
    [[nodiscard]] std::uint64_t dropped() const;

  private:
    void write(Level level, std::string_view event, std::initializer_list<LogField> fields) const;

    class Sink;
    const Level level_;
    const Format format_;
    std::unique_ptr<Sink> sink_;
};

}  // namespace siahub
