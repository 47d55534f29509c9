#include "core/metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace siahub {

namespace {

// Quotes are special in label values, and stay as they are in help texts.
std::string escaped(std::string_view text, std::string_view special) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (special.contains(c)) out += '\\';
        out += c;
    }
    return out;
}

// "{a="x",b="y"}", or nothing.
std::string render(const Metrics::Labels& labels) {
    if (labels.empty()) return {};
    std::string out = "{";
    for (const auto& [name, value] : labels)
        out += fmt::format("{}{}=\"{}\"", out.size() > 1 ? "," : "", name, escaped(value, "\\\""));
    return out + "}";
}

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

struct Child {
    Metrics::Labels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
};

std::string_view name_of(Metrics::Type type) {
    constexpr std::array<std::string_view, 3> names = {"counter", "gauge", "histogram"};
    return names.at(static_cast<std::size_t>(type));
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

std::uint64_t Histogram::total() const {
    std::uint64_t all = 0;
    for (const auto& count : counts_)
        all += count.load(std::memory_order_relaxed);
    return all;
}

void Metrics::Samples::add(const Labels& labels, double value) {
    out_ += fmt::format("{}{} {}\n", name_, render(labels), number(value));
}

void Metrics::Samples::add(const Labels& labels, const Histogram& histogram) {
    std::uint64_t below = 0;
    const auto bounds = histogram.bounds();
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        below += histogram.count(i);
        auto with_bound = labels;
        with_bound.emplace_back("le", i < bounds.size() ? number(bounds[i]) : "+Inf");
        out_ += fmt::format("{}_bucket{} {}\n", name_, render(with_bound), below);
    }
    const auto rendered = render(labels);
    out_ += fmt::format("{}_sum{} {}\n", name_, rendered, number(histogram.sum()));
    out_ += fmt::format("{}_count{} {}\n", name_, rendered, below);
}

struct Metrics::Family {
    std::string name;
    std::string help;
    Type type;
    std::vector<Child> children;
    std::function<void(Samples&)> collect;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, Type type) {
    const auto found =
        std::ranges::find_if(families_, [name](const auto& f) { return f->name == name; });
    if (found != families_.end()) return **found;
    families_.push_back(
        std::make_unique<Family>(Family{std::string(name), std::string(help), type, {}, {}}));
    return *families_.back();
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
    auto& children = family(name, help, Type::counter).children;
    children.push_back({.labels = std::move(labels),
                        .counter = std::make_unique<Counter>(),
                        .histogram = nullptr,
                        .read = {}});
    return *children.back().counter;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::span<const double> bounds, Labels labels) {
    auto& children = family(name, help, Type::histogram).children;
    children.push_back({.labels = std::move(labels),
                        .counter = nullptr,
                        .histogram = std::make_unique<Histogram>(bounds),
                        .read = {}});
    return *children.back().histogram;
}

void Metrics::gauge(std::string_view name, std::string_view help, std::function<double()> read,
                    Labels labels) {
    family(name, help, Type::gauge)
        .children.push_back({.labels = std::move(labels),
                             .counter = nullptr,
                             .histogram = nullptr,
                             .read = std::move(read)});
}

void Metrics::counter(std::string_view name, std::string_view help, std::function<double()> read,
                      Labels labels) {
    family(name, help, Type::counter)
        .children.push_back({.labels = std::move(labels),
                             .counter = nullptr,
                             .histogram = nullptr,
                             .read = std::move(read)});
}

void Metrics::collected(std::string_view name, std::string_view help, Type type,
                        std::function<void(Samples&)> collect) {
    family(name, help, type).collect = std::move(collect);
}

std::string Metrics::text() const {
    std::string out;
    for (const auto& family : families_) {
        out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family->name,
                           escaped(family->help, "\\"), family->name, name_of(family->type));
        Samples samples(out, family->name);
        for (const auto& child : family->children) {
            if (child.histogram)
                samples.add(child.labels, *child.histogram);
            else
                samples.add(child.labels, child.counter
                                              ? static_cast<double>(child.counter->value())
                                              : child.read());
        }
        if (family->collect) family->collect(samples);
    }
    return out;
}

}  // namespace siahub
