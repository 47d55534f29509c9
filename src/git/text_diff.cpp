#include "git/text_diff.hpp"

#include "git/line_edits.hpp"

#include <unordered_map>
#include <vector>

#include <fmt/format.h>

namespace siahub::git {
namespace {

using Lines = std::vector<std::string_view>;

// With their ends: a last line without one differs from the same line with one.
Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto size = end == std::string_view::npos ? text.size() : end + 1;
        lines.push_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return lines;
}

class Numbers {
  public:
    std::vector<std::uint32_t> of(const Lines& lines) {
        std::vector<std::uint32_t> numbers;
        numbers.reserve(lines.size());
        for (const auto line : lines)
            numbers.push_back(
                known_.try_emplace(line, static_cast<std::uint32_t>(known_.size())).first->second);
        return numbers;
    }

  private:
    std::unordered_map<std::string_view, std::uint32_t> known_;
};

// Half open: lines of both texts.
struct Hunk {
    std::size_t old_begin = 0, old_end = 0, new_begin = 0, new_end = 0;
};

class Writer {
  public:
    Writer(const Lines& before, const Lines& after, const LineEdits& edits)
        : before_(before), after_(after), edits_(edits) {}

    // Changes that are at most `2 * context` lines apart share a hunk.
    std::string write(std::size_t context) {
        std::size_t i = 0;
        std::size_t j = 0;
        std::optional<Hunk> open;
        while (i < before_.size() || j < after_.size()) {
            if (!is_removed(i) && !is_added(j)) {
                ++i, ++j;
                continue;
            }
            if (open && i - open->old_end > 2 * context) close(open, context);
            if (!open) {
                const auto lead = std::min({context, i, j});
                open = Hunk{i - lead, i, j - lead, j};
            }
            while (is_removed(i))
                ++i;
            while (is_added(j))
                ++j;
            open->old_end = i;
            open->new_end = j;
        }
        if (open) close(open, context);
        return std::move(out_);
    }

  private:
    [[nodiscard]] bool is_removed(std::size_t i) const {
        return i < before_.size() && edits_.removed[i];
    }
    [[nodiscard]] bool is_added(std::size_t j) const {
        return j < after_.size() && edits_.added[j];
    }

    void close(std::optional<Hunk>& open, std::size_t context) {
        auto hunk = *std::exchange(open, std::nullopt);
        const auto trail = std::min(context, before_.size() - hunk.old_end);
        hunk.old_end += trail;
        hunk.new_end += trail;
        fmt::format_to(std::back_inserter(out_), "@@ -{} +{} @@\n",
                       place(hunk.old_begin, hunk.old_end), place(hunk.new_begin, hunk.new_end));
        auto i = hunk.old_begin;
        auto j = hunk.new_begin;
        while (i < hunk.old_end || j < hunk.new_end) {
            while (i < hunk.old_end && is_removed(i))
                line('-', before_[i++]);
            while (j < hunk.new_end && is_added(j))
                line('+', after_[j++]);
            for (; i < hunk.old_end && j < hunk.new_end && !is_removed(i) && !is_added(j); ++i, ++j)
                line(' ', before_[i]);
        }
    }

    // An empty range is named by the line before it, a count of one is left out.
    static std::string place(std::size_t begin, std::size_t end) {
        const auto count = end - begin;
        if (count == 1) return fmt::format("{}", begin + 1);
        return fmt::format("{},{}", count == 0 ? begin : begin + 1, count);
    }

    void line(char mark, std::string_view text) {
        out_ += mark;
        out_ += text;
        if (!text.ends_with('\n')) out_ += "\n\\ No newline at end of file\n";
    }

    const Lines& before_;
    const Lines& after_;
    const LineEdits& edits_;
    std::string out_;
};

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, DiffOptions options) {
    if (before == after) return {};
    const auto old_lines = lines_of(before);
    const auto new_lines = lines_of(after);
    Numbers numbers;
    const auto old_numbers = numbers.of(old_lines);
    const auto new_numbers = numbers.of(new_lines);
    const auto edits = line_edits(old_numbers, new_numbers, options.work);
    return Writer(old_lines, new_lines, edits).write(options.context);
}

}  // namespace siahub::git
