#include "git/text_diff.hpp"

#include "git/line_edits.hpp"

#include <charconv>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace siahub::git {
namespace {

using Numbers = std::vector<std::uint32_t>;

// By the textbook: a table of all pairs.
std::size_t longest_common(const Numbers& a, const Numbers& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (const auto x : a) {
        std::size_t diagonal = 0;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto above = row[j + 1];
            row[j + 1] = x == b[j] ? diagonal + 1 : std::max(row[j + 1], row[j]);
            diagonal = above;
        }
    }
    return row.back();
}

Numbers kept(const Numbers& all, const std::vector<bool>& changed) {
    Numbers rest;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!changed[i]) rest.push_back(all[i]);
    return rest;
}

// What `patch` does, and it insists on every context line.
std::string patched(std::string_view before, std::string_view diff) {
    std::string out;
    std::size_t line = 0;
    const auto take = [](std::string_view& text) {
        const auto size = std::min(text.find('\n'), text.size() - 1) + 1;
        const auto taken = text.substr(0, size);
        text.remove_prefix(size);
        return taken;
    };
    while (!diff.empty()) {
        auto head = take(diff);
        if (head.starts_with("@@ -")) {
            std::size_t begin = 0;
            const auto* end =
                std::from_chars(head.data() + 4, head.data() + head.size(), begin).ptr;
            if (std::string_view(end).starts_with(",0")) ++begin;
            for (; line + 1 < begin; ++line)
                out += take(before);
            continue;
        }
        auto text = std::string(head.substr(1));
        if (diff.starts_with('\\')) {
            text.pop_back();
            take(diff);
        }
        if (head[0] != '+') {
            if (before.empty() || take(before) != text) return "the patch does not apply";
            ++line;
        }
        if (head[0] != '-') out += text;
    }
    return out.append(before);
}

std::string text_of(const Numbers& lines, bool ends) {
    std::string text;
    for (const auto line : lines)
        text += "line " + std::to_string(line) + "\n";
    if (!ends && !text.empty()) text.pop_back();
    return text;
}

rc::Gen<Numbers> some_lines() {
    return rc::gen::container<Numbers>(rc::gen::inRange<std::uint32_t>(0, 6));
}

TEST(LineEdits, AreTheFewestThereAre) {
    EXPECT_TRUE(rc::check("edits are as few as the textbook's", [] {
        const auto a = *some_lines();
        const auto b = *some_lines();
        const auto edits = line_edits(a, b, 1'000'000);
        RC_ASSERT(kept(a, edits.removed) == kept(b, edits.added));
        RC_ASSERT(kept(a, edits.removed).size() == longest_common(a, b));
    }));
}

TEST(LineEdits, GiveUpWithinTheirWork) {
    Numbers a(5000);
    Numbers b(5000);
    for (std::uint32_t i = 0; i < a.size(); ++i) {
        a[i] = i;
        b[i] = 10'000 + i;
    }
    a.front() = b.front() = a.back() = b.back() = 1;
    const auto edits = line_edits(a, b, 1000);
    EXPECT_EQ(std::ranges::count(edits.removed, true), 4998);
    EXPECT_EQ(std::ranges::count(edits.added, true), 4998);
    EXPECT_FALSE(edits.removed.front() || edits.removed.back());
}

TEST(TextDiff, LooksLikeGits) {
    EXPECT_EQ(unified_diff("a\nb\nc\n", "a\nX\nc\n"), "@@ -1,3 +1,3 @@\n a\n-b\n+X\n c\n");
    EXPECT_EQ(unified_diff("", "new\n"), "@@ -0,0 +1 @@\n+new\n");
    EXPECT_EQ(unified_diff("old\n", ""), "@@ -1 +0,0 @@\n-old\n");
    EXPECT_EQ(unified_diff("end\n", "end"),
              "@@ -1 +1 @@\n-end\n+end\n\\ No newline at end of file\n");
    EXPECT_EQ(unified_diff("same", "same"), "");
}

TEST(TextDiff, FarChangesAreHunksOfTheirOwn) {
    std::string before;
    for (int i = 1; i <= 20; ++i)
        before += std::to_string(i) + "\n";
    auto after = before;
    after.replace(after.find("2\n"), 2, "two\n");
    after.replace(after.find("19\n"), 3, "");
    EXPECT_EQ(unified_diff(before, after),
              "@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n"
              "@@ -16,5 +16,4 @@\n 16\n 17\n 18\n-19\n 20\n");
}

TEST(TextDiff, NearChangesShareAHunk) {
    const auto diff = unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n", "x\n2\n3\n4\n5\n6\n7\ny\n");
    EXPECT_EQ(diff, "@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n");
}

TEST(TextDiff, MakesTheOneTextOfTheOther) {
    EXPECT_TRUE(rc::check("a diff applies", [] {
        const auto before = text_of(*some_lines(), *rc::gen::arbitrary<bool>());
        const auto after = text_of(*some_lines(), *rc::gen::arbitrary<bool>());
        const DiffOptions options{.context = *rc::gen::inRange<std::size_t>(0, 4),
                                  .work = *rc::gen::element<std::size_t>(0, 5, 1'000'000)};
        RC_ASSERT(patched(before, unified_diff(before, after, options)) == after);
    }));
}

}  // namespace
}  // namespace siahub::git
