#include "hub/front_matter.hpp"

#include "hub/yaml.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace siahub::hub {
namespace {

std::string json_of(std::string_view yaml) {
    const auto value = parse_yaml(yaml);
    return value ? boost::json::serialize(*value) : value.error().message;
}

TEST(FrontMatter, IsFoundAfterBlankLines) {
    const auto found = find_front_matter("\n  \r\n---\r\na: 1\r\n---\r\nbody");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->yaml, "a: 1\r\n");
    EXPECT_EQ(found->first_line, 4U);
    EXPECT_EQ(find_front_matter("---\na: 1\n---")->yaml, "a: 1\n");
    EXPECT_EQ(find_front_matter("\xEF\xBB\xBF---\n---\n")->yaml, "");
    EXPECT_EQ(find_front_matter("---  \na: ---\n--- \nx")->yaml, "a: ---\n");
}

TEST(FrontMatter, IsAbsentWithoutTwoLinesOfDashes) {
    for (const auto* none : {"", "\n", "# Title", "---", "---\n", "---\na: 1\n", "--- a\n---\n",
                             "text\n---\na: 1\n---\n", "----\na: 1\n----\n"})
        EXPECT_FALSE(find_front_matter(none)) << none;
}

TEST(FrontMatter, IsAMapping) {
    EXPECT_TRUE(parse_front_matter("# only text")->empty());
    EXPECT_TRUE(parse_front_matter("---\n# comment\n---\n")->empty());
    EXPECT_EQ(parse_front_matter("---\na: b\n---\n")->at("a").as_string(), "b");
    EXPECT_EQ(parse_front_matter("---\n- a\n---\n").error().code, Code::invalid_argument);
    const auto broken = parse_front_matter("\n---\na: 1\nb: [\n---\n");
    EXPECT_TRUE(broken.error().message.starts_with("Invalid YAML in line 5:"))
        << broken.error().message;
}

TEST(Yaml, ScalarsFollowTheCoreSchema) {
    EXPECT_EQ(json_of("[~, null, Null, NULL, true, True, FALSE, no, yes, on]"),
              R"([null,null,null,null,true,true,false,"no","yes","on"])");
    EXPECT_EQ(json_of("[1, -2, +3, 0x1F, 0o17, 18446744073709551615, 1.5, -.5, 1e2]"),
              "[1,-2,3,31,15,18446744073709551615,1.5E0,-5E-1,1E2]");
    EXPECT_EQ(
        json_of("[.inf, .nan, 1.2.3, 2024-01-31, 1_000, +, -, ., '1', \"true\", !!str 5, e5]"),
        R"([".inf",".nan","1.2.3","2024-01-31","1_000","+","-",".","1","true","5","e5"])");
    EXPECT_EQ(json_of("a:\nb: ''"), R"({"a":null,"b":""})");
    EXPECT_EQ(json_of("a: |\n  x\n  y\nb: >\n  x\n  y\n"), R"({"a":"x\ny\n","b":"x y\n"})");
    EXPECT_EQ(json_of("\"\\u00e9\\t\": ü"), "{\"\xC3\xA9\\t\":\"ü\"}");
}

TEST(Yaml, AliasesAndMergesAreResolved) {
    EXPECT_EQ(json_of("a: &x [1, 2]\nb: *x"), R"({"a":[1,2],"b":[1,2]})");
    EXPECT_EQ(json_of("base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3"),
              R"({"base":{"x":1,"y":2},"mine":{"y":3,"x":1}})");
    EXPECT_EQ(json_of("m: {<<: [{a: 1}, {a: 2, b: 3}]}"), R"({"m":{"a":1,"b":3}})");
    EXPECT_EQ(json_of("? &k key\n: 1\n? other\n: 2"), R"({"key":1,"other":2})");
}

TEST(Yaml, FaultsNameTheirLine) {
    for (const auto& [yaml, line] :
         std::vector<std::pair<std::string, int>>{{"a: 1\na: 2", 2},
                                                  {"a: *missing", 1},
                                                  {"a: &x [*x]", 1},
                                                  {"a: 1\n--- \nb: 2", 2},
                                                  {"a: b: c", 1},
                                                  {"a:\n\t- b", 2},
                                                  {"x: 1\n? [1, 2]\n: 3", 2},
                                                  {"a: \"\xFF\"", 1},
                                                  {"a: \"unclosed", 1}}) {
        const auto value = parse_yaml(yaml);
        ASSERT_FALSE(value) << yaml;
        EXPECT_EQ(value.error().code, Code::invalid_argument);
        EXPECT_TRUE(
            value.error().message.starts_with("Invalid YAML in line " + std::to_string(line) + ":"))
            << yaml << " → " << value.error().message;
    }
}

TEST(Yaml, WhatItExpandsToIsBounded) {
    std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
    for (int i = 1; i < 10; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 8; ++j)
            laughs += ", " + before;
        laughs += "]\n";
    }
    EXPECT_TRUE(json_of(laughs).contains("expands to too much"));
    EXPECT_TRUE(json_of(std::string(100'000, '[')).contains("nested too deeply"));
    std::string deep;
    for (int i = 0; i < 60; ++i)
        deep += "[";
    for (int i = 0; i < 60; ++i)
        deep += "]";
    EXPECT_TRUE(parse_yaml(deep));
    EXPECT_TRUE(json_of(std::string(kMaxYamlSize + 1, 'a')).contains("larger than 1 MiB"));
}

}  // namespace
}  // namespace siahub::hub
