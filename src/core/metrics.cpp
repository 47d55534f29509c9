#include "core/metrics.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace siahub {

namespace {

std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
    return out;
}

// "{a="x",b="y"}", or nothing.
std::string render(const Metrics::Labels& labels) {
    if (labels.empty()) return {};
    std::string out = "{";
    for (const auto& [name, value] : labels)
        out += fmt::format("{}{}=\"{}\"", out.size() > 1 ? "," : "", name, escaped(value));
    return out + "}";
}

std::string number(double value) {
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

struct Child {
    Metrics::Labels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
};

void write_histogram(std::string& out, std::string_view name, const Child& child) {
    const auto& histogram = *child.histogram;
    std::uint64_t below = 0;
    const auto bounds = histogram.bounds();
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        below += histogram.count(i);
        auto labels = child.labels;
        labels.emplace_back("le", i < bounds.size() ? number(bounds[i]) : "+Inf");
        out += fmt::format("{}_bucket{} {}\n", name, render(labels), below);
    }
    const auto labels = render(child.labels);
    out += fmt::format("{}_sum{} {}\n", name, labels, number(histogram.sum()));
    out += fmt::format("{}_count{} {}\n", name, labels, below);
}

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {}

void Histogram::observe(double value) {
    const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::count(std::size_t bucket) const {
    return counts_[bucket].load(std::memory_order_relaxed);
}

struct Metrics::Family {
    std::string name;
    std::string help;
    std::string type;
    std::vector<Child> children;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family& Metrics::family(std::string_view name, std::string_view help,
                                 std::string_view type) {
    const auto found =
        std::ranges::find_if(families_, [name](const auto& f) { return f->name == name; });
    if (found != families_.end()) return **found;
    families_.push_back(std::make_unique<Family>(
        Family{std::string(name), std::string(help), std::string(type), {}}));
    return *families_.back();
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
    auto& children = family(name, help, "counter").children;
    children.push_back({.labels = std::move(labels),
                        .counter = std::make_unique<Counter>(),
                        .histogram = nullptr,
                        .read = {}});
    return *children.back().counter;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::span<const double> bounds, Labels labels) {
    auto& children = family(name, help, "histogram").children;
    children.push_back({.labels = std::move(labels),
                        .counter = nullptr,
                        .histogram = std::make_unique<Histogram>(bounds),
                        .read = {}});
    return *children.back().histogram;
}

void Metrics::gauge(std::string_view name, std::string_view help, std::function<double()> read,
                    Labels labels) {
    family(name, help, "gauge")
        .children.push_back({.labels = std::move(labels),
                             .counter = nullptr,
                             .histogram = nullptr,
                             .read = std::move(read)});
}

void Metrics::counter(std::string_view name, std::string_view help, std::function<double()> read,
                      Labels labels) {
    family(name, help, "counter")
        .children.push_back({.labels = std::move(labels),
                             .counter = nullptr,
                             .histogram = nullptr,
                             .read = std::move(read)});
}

std::string Metrics::text() const {
    std::string out;
    for (const auto& family : families_) {
        out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family->name, escaped(family->help),
                           family->name, family->type);
        for (const auto& child : family->children) {
            if (child.histogram) {
                write_histogram(out, family->name, child);
                continue;
            }
            const auto value =
                child.counter ? static_cast<double>(child.counter->value()) : child.read();
            out += fmt::format("{}{} {}\n", family->name, render(child.labels), number(value));
        }
    }
    return out;
}

}  // namespace siahub
