#include "git/attributes.hpp"
#include "git/default_attributes.hpp"
#include "git/git_program.hpp"
#include "git/ignore.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace siahub::git {
namespace {

// Random texts of few characters, so that patterns and paths meet.
class Dice {
  public:
    explicit Dice(unsigned seed) : random_(seed) {}
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

    std::string path() {
        std::string out;
        for (auto parts = 1 + below(4); parts > 0; --parts) {
            if (!out.empty()) out += '/';
            for (auto length = 1 + below(4); length > 0; --length)
                out += std::string_view("abcab.-!# ]^\\")[below(13)];
            if (out.ends_with('.') && last_part(out).size() <= 2) out += 'x';
        }
        return out;
    }

    std::string pattern() {
        static constexpr std::string_view kPieces[] = {
            "a",     "b",       "c",   "ab",     ".",           "*",           "*",    "?",
            "/",     "/",       "**",  "**/",    "/**",         "/**/",        "[ab]", "[!a]",
            "[^b-]", "[a-b]",   "\\a", "\\*",    "[[:alpha:]]", "[[:punct:]]", "[]a]", "[\\]]",
            "[b-a]", "[[:x:]]", "[a",  "\\",     "!",           "#",           "-",    "[[:]",
            "***",   "[!/]",    " ",   "[a-\\c]"};
        std::string out;
        if (below(6) == 0) out += '!';
        if (below(8) == 0) out += '/';
        for (auto pieces = 1 + below(5); pieces > 0; --pieces)
            out += kPieces[below(std::size(kPieces))];
        if (below(6) == 0) out += '/';
        return out;
    }

    // A path made out of a pattern, so that it has a chance to match.
    std::string path_like(std::string pattern) {
        std::string out;
        for (const char c : pattern) {
            if (c == '*')
                out += below(3) == 0 ? "a/b" : below(2) == 0 ? "" : "bc";
            else if (c == '?')
                out += 'c';
            else if (!std::string_view("[]\\!^:").contains(c) || below(6) == 0)
                out += c;
        }
        std::string clean;  // git refuses odd slashes and dots, and takes a colon for magic
        for (const char c : out)
            if (!std::string_view("/:").contains(c) || (!clean.empty() && clean.back() != '/'))
                clean += c;
        while (clean.ends_with('/'))
            clean.pop_back();
        for (std::size_t at = 0; at < clean.size(); ++at)
            if (clean[at] == '.' && (at == 0 || clean[at - 1] == '/')) clean[at] = 'b';
        return clean.empty() ? "a" : clean;
    }

  private:
    std::mt19937 random_;
};

std::string with_nuls(const std::vector<std::string>& paths) {
    std::string out;
    for (const auto& path : paths)
        out += path + '\0';
    return out;
}

std::vector<std::string> split_nuls(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto end = text.find('\0');
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return out;
}

struct Case {
    std::vector<std::string> patterns, paths;
};

Case random_case(unsigned seed) {
    Dice dice(seed);
    Case result;
    for (auto count = 1 + dice.below(6); count > 0; --count)
        result.patterns.push_back(dice.pattern());
    for (int i = 0; i < 15; ++i)
        result.paths.push_back(dice.path());
    for (const auto& pattern : result.patterns)
        for (int i = 0; i < 5; ++i)
            result.paths.push_back(dice.path_like(pattern));
    return result;
}

TEST(Ignore, AgreesWithGitCheckIgnore) {
    const GitProgram git;
    int ignored = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        const auto [patterns, paths] = random_case(seed);
        std::string text;
        for (const auto& pattern : patterns)
            text += pattern + (seed % 7 == 0 ? "\r\n" : "\n");
        git.write(".gitignore", text);
        const auto answer =
            split_nuls(git.run("check-ignore --no-index -z --stdin", with_nuls(paths), 1));
        const std::multiset<std::string> expected(answer.begin(), answer.end());
        const auto rules = IgnoreRules::parse(text);
        for (const auto& path : paths) {
            EXPECT_EQ(rules.ignores(path), expected.contains(path))
                << "seed " << seed << " path <" << path << "> rules:\n"
                << text;
            ignored += expected.contains(path) ? 1 : 0;
        }
    }
    EXPECT_GT(ignored, 300);  // the generator still hits
}

std::string show(const AttributeValue& value) {
    switch (value.state) {
        case AttributeValue::State::unspecified:
            return "unspecified";
        case AttributeValue::State::unset:
            return "unset";
        case AttributeValue::State::set:
            return "set";
        case AttributeValue::State::value:
            return value.value;
    }
    return {};
}

TEST(Attributes, AgreeWithGitCheckAttr) {
    static constexpr std::string_view kStates[] = {
        "filter=lfs", "-filter", "!filter", "filter",  "binary",
        "-binary",    "text",    "m",       "-m",      "n",
        "!m",         "x=",      "bad$",    "-text=3", "filter=lfs -text"};
    const GitProgram git;
    int specified = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        auto [patterns, paths] = random_case(seed);
        Dice dice(seed + 100'000);
        std::string text = seed % 3 == 0 ? "[attr]m filter=other text n\n" : "";
        for (const auto& pattern : patterns) {
            text += dice.below(5) == 0 ? "\"" + pattern + "\"" : pattern;
            for (auto count = 1 + dice.below(3); count > 0; --count)
                text += std::string(1 + dice.below(2), ' ') +
                        std::string(kStates[dice.below(std::size(kStates))]);
            text += '\n';
        }
        if (seed % 5 == 0) text += "[attr]n -filter !text x=y\n[attr]m$ text\n# note\n\t\n";
        git.write(".gitattributes", text);
        const auto answer =
            split_nuls(git.run("check-attr -z --stdin filter text diff m n x", with_nuls(paths)));
        const auto rules = Attributes::parse(text);
        for (std::size_t i = 0; i + 2 < answer.size(); i += 3) {
            EXPECT_EQ(show(rules.lookup(answer[i], answer[i + 1])), answer[i + 2])
                << "seed " << seed << " path <" << answer[i] << "> " << answer[i + 1] << "\n"
                << text;
            specified += answer[i + 2] != "unspecified" ? 1 : 0;
        }
        EXPECT_EQ(answer.size(), paths.size() * 18);
    }
    EXPECT_GT(specified, 1000);
}

TEST(Attributes, LineForAPathMatchesItAloneInGitToo) {
    const GitProgram git;
    std::vector<std::string> paths{"a b.bin", "x/[a]*?.bin", "#c",       "!d",   "\"e\"", "ü/ö.bin",
                                   "f\\g",    "[attr]h",     "i+%#.bin", "!q/r", "#q/r"};
    Dice dice(7);
    for (int i = 0; i < 60; ++i)
        paths.push_back(dice.path());
    std::string text;
    for (const auto& path : paths)
        text += lfs_attribute_line(path);
    git.write(".gitattributes", text);
    const auto rules = Attributes::parse(text);
    auto asked = paths;
    const std::set<std::string> added(paths.begin(), paths.end());
    for (const auto& path : paths)
        asked.push_back("sub/" + path);
    for (int i = 0; i < 100; ++i)
        asked.push_back(dice.path());
    const auto answer = split_nuls(git.run("check-attr -z --stdin filter", with_nuls(asked)));
    ASSERT_EQ(answer.size(), asked.size() * 3);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        EXPECT_EQ(answer[3 * i + 2] == "lfs", added.contains(asked[i])) << asked[i];
        EXPECT_EQ(rules.is_lfs(asked[i]), added.contains(asked[i])) << asked[i];
    }
}

TEST(Attributes, DefaultsSendWeightsToLfs) {
    const auto models = Attributes::parse(default_model_attributes());
    const auto datasets = Attributes::parse(default_dataset_attributes());
    for (const auto* path : {"model.safetensors", "a/b/c.bin", "test.lfs.txt", "saved_model/x/y",
                             "events.out.tfevents.123", "x.tar.gz"}) {
        EXPECT_TRUE(models.is_lfs(path)) << path;
        EXPECT_TRUE(datasets.is_lfs(path)) << path;
    }
    EXPECT_FALSE(models.is_lfs("config.json"));
    EXPECT_FALSE(models.is_lfs("image.png"));
    EXPECT_TRUE(datasets.is_lfs("image.png"));
}

TEST(Rules, HostilePatternsTakeBoundedTime) {
    std::string stars;
    for (int i = 0; i < 500; ++i)
        stars += "*a";
    std::string text;
    for (int i = 0; i < 1000; ++i)
        text += "x/" + stars + "b\n";
    const auto rules = IgnoreRules::parse(text);
    const auto path = "x/" + std::string(4000, 'a');
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(rules.ignores(path));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));

    std::string macros = "p m0\n";  // as deep as a file can nest them
    for (int i = 0; i < 100'000; ++i)
        macros += "[attr]m" + std::to_string(i) + " m" + std::to_string(i + 1) + "\n";
    EXPECT_EQ(show(Attributes::parse(macros).lookup("p", "m100000")), "set");
}

}  // namespace
}  // namespace siahub::git
