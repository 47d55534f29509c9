#pragma once
// Wall-clock time as the database and the wire use it. Passed in, so that tests can turn the hands.

#include <chrono>
#include <cstdint>
#include <string>

namespace siahub {

// Milliseconds since 1970-01-01T00:00:00Z.
using UnixMillis = std::int64_t;

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual UnixMillis now() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] UnixMillis now() const override;
};

class ManualClock final : public Clock {
  public:
    explicit ManualClock(UnixMillis start) : now_(start) {}
    [[nodiscard]] UnixMillis now() const override { return now_; }
    void advance(UnixMillis by) { now_ += by; }

  private:
    UnixMillis now_;
};

// "2024-01-31T12:34:56.000Z", the only date form that Hub clients parse.
std::string to_iso8601(UnixMillis time);

}  // namespace siahub
