#pragma once
// Numbers that an operator watches, in the text format of Prometheus (exposition format 0.0.4).
// Whoever counts gets a counter or histogram at start-up and adds to it from any thread, without a
// lock; a gauge is a function that is asked when somebody looks. One name with different labels is
// one family. Register before serving starts; text() may be called at any time after that, on any
// thread, and so must what it asks. Label values come from sets that are bounded: never a path, a
// name or an address.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siahub {

class Counter {
  public:
    void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_ = 0;
};

// Durations in seconds, or any other measure that is not negative.
class Histogram {
  public:
    // `bounds` rise; what is above the last one counts too.
    explicit Histogram(std::span<const double> bounds);
    void observe(double value);

    [[nodiscard]] std::span<const double> bounds() const { return bounds_; }
    // Not cumulative; one more than there are bounds.
    [[nodiscard]] std::uint64_t count(std::size_t bucket) const;
    [[nodiscard]] std::uint64_t total() const;
    [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

  private:
    std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<double> sum_ = 0;
};

class Metrics {
  public:
    using Labels = std::vector<std::pair<std::string, std::string>>;
    enum class Type { counter, gauge, histogram };

    // Takes the series of one family while it is written.
    class Samples {
      public:
        Samples(std::string& out, std::string_view name) : out_(out), name_(name) {}
        void add(const Labels& labels, double value);
        void add(const Labels& labels, const Histogram& histogram);

      private:
        std::string& out_;
        std::string_view name_;
    };

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // References live as long as this. `name` and label names are [a-z_]+; values are any text.
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    Histogram& histogram(std::string_view name, std::string_view help,
                         std::span<const double> bounds, Labels labels = {});
    void gauge(std::string_view name, std::string_view help, std::function<double()> read,
               Labels labels = {});
    // A counter that somebody else keeps.
    void counter(std::string_view name, std::string_view help, std::function<double()> read,
                 Labels labels = {});

    // A family whose series are not known beforehand, or are asked for together. Not to be mixed
    // with the others under one name.
    void collected(std::string_view name, std::string_view help, Type type,
                   std::function<void(Samples&)> collect);

    [[nodiscard]] std::string text() const;

  private:
    struct Family;
    Family& family(std::string_view name, std::string_view help, Type type);

    std::vector<std::unique_ptr<Family>> families_;  // in order of registration
};

}  // namespace siahub
