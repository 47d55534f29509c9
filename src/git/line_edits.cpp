#include "git/line_edits.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace siahub::git {
namespace {

using Sequence = std::span<const std::uint32_t>;

// The furthest points that d edits reach, for every diagonal k = x - y from -d to d in steps of
// two.
class Frontier {
  public:
    explicit Frontier(std::int64_t edits)
        : edits_(edits), x_(static_cast<std::size_t>(edits) + 1) {}
    std::int64_t& at(std::int64_t k) { return x_[static_cast<std::size_t>((k + edits_) / 2)]; }
    [[nodiscard]] std::int64_t at(std::int64_t k) const {
        return x_[static_cast<std::size_t>((k + edits_) / 2)];
    }
    // Whether the furthest way to diagonal k of the next frontier comes from k + 1, by taking an
    // element of `after`, and not from k - 1.
    [[nodiscard]] bool comes_from_above(std::int64_t k) const {
        const auto next = edits_ + 1;
        return k == -next || (k != next && at(k - 1) < at(k + 1));
    }

  private:
    std::int64_t edits_;
    std::vector<std::int64_t> x_;
};

class Search {
  public:
    Search(Sequence before, Sequence after, std::size_t work)
        : before_(before), after_(after), work_(work) {}

    // The frontiers up to the one that reaches the end; nothing when it costs too much.
    std::optional<std::vector<Frontier>> run() {
        std::vector<Frontier> trace;
        for (std::int64_t edits = 0;; ++edits) {
            if (spent_ > work_) return std::nullopt;
            const bool done = advance(trace, edits);
            if (done) return trace;
        }
    }

  private:
    bool advance(std::vector<Frontier>& trace, std::int64_t edits) {
        Frontier next(edits);
        bool done = false;
        for (auto k = -edits; k <= edits; k += 2) {
            const auto x = slide(start_of(trace, k), k);
            next.at(k) = x;
            done = done || (x >= std::ssize(before_) && x - k >= std::ssize(after_));
        }
        spent_ += static_cast<std::size_t>(edits) + 1;
        trace.push_back(std::move(next));
        return done;
    }

    static std::int64_t start_of(const std::vector<Frontier>& trace, std::int64_t k) {
        if (trace.empty()) return 0;
        const auto& last = trace.back();
        return last.comes_from_above(k) ? last.at(k + 1) : last.at(k - 1) + 1;
    }

    // Along equal elements.
    std::int64_t slide(std::int64_t x, std::int64_t k) {
        const auto begin = x;
        while (x < std::ssize(before_) && x - k < std::ssize(after_) && x >= 0 && x - k >= 0 &&
               before_[static_cast<std::size_t>(x)] == after_[static_cast<std::size_t>(x - k)])
            ++x;
        spent_ += static_cast<std::size_t>(x - begin);
        return x;
    }

    Sequence before_, after_;
    std::size_t work_;
    std::size_t spent_ = 0;
};

// Marks the edits on the way back from the end.
void mark(const std::vector<Frontier>& trace, Sequence before, Sequence after, std::size_t offset,
          LineEdits& edits) {
    auto x = std::ssize(before);
    auto y = std::ssize(after);
    for (auto step = std::ssize(trace) - 1; step > 0; --step) {
        const auto& from = trace[static_cast<std::size_t>(step - 1)];
        const auto k = x - y;
        const bool above = from.comes_from_above(k);
        const auto previous = above ? k + 1 : k - 1;
        x = from.at(previous);
        y = x - previous;
        if (above)
            edits.added[offset + static_cast<std::size_t>(y)] = true;
        else
            edits.removed[offset + static_cast<std::size_t>(x)] = true;
    }
}

}  // namespace

LineEdits line_edits(Sequence before, Sequence after, std::size_t work) {
    LineEdits edits{std::vector<bool>(before.size()), std::vector<bool>(after.size())};
    const auto most = std::min(before.size(), after.size());
    std::size_t begin = 0;
    while (begin < most && before[begin] == after[begin])
        ++begin;
    std::size_t end = 0;
    while (end < most - begin && before[before.size() - 1 - end] == after[after.size() - 1 - end])
        ++end;
    const auto old_part = before.subspan(begin, before.size() - begin - end);
    const auto new_part = after.subspan(begin, after.size() - begin - end);
    if (const auto trace = Search(old_part, new_part, work).run()) {
        mark(*trace, old_part, new_part, begin, edits);
        return edits;
    }
    std::fill_n(edits.removed.begin() + static_cast<std::ptrdiff_t>(begin), old_part.size(), true);
    std::fill_n(edits.added.begin() + static_cast<std::ptrdiff_t>(begin), new_part.size(), true);
    return edits;
}

}  // namespace siahub::git
