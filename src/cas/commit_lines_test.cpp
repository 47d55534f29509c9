#include "cas/commit_lines.hpp"

#include <gtest/gtest.h>

namespace siahub::cas {
namespace {

TEST(CommitLines, ReadsEveryKind) {
    const auto header = parse_commit_line(
        R"({"key":"header","value":{"summary":"s","description":"d","parentCommit":"abcde"}})");
    EXPECT_EQ(std::get<CommitHeader>(header.value()).parent_commit, "abcde");
    const auto file = parse_commit_line(
        R"({"key":"file","value":{"path":"a","content":"aGk=","encoding":"base64","oldPath":"b"}})");
    EXPECT_EQ(as_chars(std::get<FileLine>(file.value()).content), "hi");
    EXPECT_EQ(std::get<FileLine>(file.value()).old_path, "b");
    const auto lfs = parse_commit_line(
        R"({"key":"lfsFile","value":{"path":"a","algo":"sha256","size":3,"oid":")" +
        std::string(64, 'a') + "\"}}");
    EXPECT_EQ(std::get<LfsFileLine>(lfs.value()).size, 3);
    for (const auto* key : {"deletedFile", "deletedEntry"})
        EXPECT_TRUE(std::holds_alternative<DeletedFileLine>(
            parse_commit_line(R"({"key":")" + std::string(key) + R"(","value":{"path":"x"}})")
                .value()));
    EXPECT_TRUE(std::holds_alternative<DeletedFolderLine>(
        parse_commit_line(R"({"key":"deletedFolder","value":{"path":"x/"}})").value()));
}

TEST(CommitLines, RefusesWhatItCannotMean) {
    for (std::string_view bad : {
             "",
             "{",
             "[]",
             R"({"key":"file"})",
             R"({"key":"other","value":{}})",
             R"({"key":"header","value":{}})",
             R"({"key":"file","value":{"path":"a","content":"!","encoding":"base64"}})",
             R"({"key":"file","value":{"path":"a","content":"x","encoding":"rot13"}})",
             R"({"key":"file","value":{"path":1,"content":"x"}})",
             R"({"key":"lfsFile","value":{"path":"a","oid":"xyz"}})",
             R"({"key":"lfsFile","value":{"path":"a","oid":"00","size":-1}})",
         }) {
        const auto line = parse_commit_line(bad);
        ASSERT_FALSE(line) << bad;
        EXPECT_EQ(line.error().code, Code::invalid_argument);
    }
}

TEST(LineSplitter, SameLinesHoweverTheStreamIsCut) {
    const std::string stream = "one\n\ntwo\r\nthree";
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        LineSplitter splitter(100);
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            ASSERT_TRUE(splitter.feed(std::string_view(stream).substr(at, piece)));
            while (auto line = splitter.next())
                lines.emplace_back(*line);
        }
        if (auto line = splitter.last()) lines.emplace_back(*line);
        EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "three"}));
    }
}

TEST(LineSplitter, BoundsALine) {
    LineSplitter splitter(8);
    ASSERT_TRUE(splitter.feed("12345678\n1234"));
    EXPECT_EQ(splitter.next(), "12345678");
    const auto grown = splitter.feed("567890");
    ASSERT_FALSE(grown);
    EXPECT_EQ(grown.error().code, Code::payload_too_large);
}

}  // namespace
}  // namespace siahub::cas
