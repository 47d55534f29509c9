#include "core/temp_dir.hpp"
#include "git/git_program.hpp"
#include "git/gunzip.hpp"
#include "git/object_id.hpp"
#include "git/pack_writer.hpp"
#include "git/pkt_line.hpp"
#include "git/upload_pack.hpp"

#include <gtest/gtest.h>

namespace siahub::git {
namespace {

constexpr std::string_view kOne = "1111111111111111111111111111111111111111";

std::string lines(std::initializer_list<std::string_view> command,
                  std::initializer_list<std::string_view> arguments) {
    std::string out;
    for (const auto line : command)
        append_pkt(out, line);
    append_delimiter(out);
    for (const auto line : arguments)
        append_pkt(out, line);
    append_flush(out);
    return out;
}

TEST(PktLine, IsReadAsItWasWritten) {
    std::string text;
    append_pkt(text, "hello\n");
    append_delimiter(text);
    append_pkt(text, "");
    append_flush(text);
    EXPECT_EQ(text,
              "000ahello\n0001"
              "0004"
              "0000");
    PktReader reader(text);
    EXPECT_EQ(reader.next().value()->data, "hello\n");
    EXPECT_EQ(reader.next().value()->kind, Pkt::Kind::delimiter);
    EXPECT_EQ(reader.next().value()->data, "");
    EXPECT_EQ(reader.next().value()->kind, Pkt::Kind::flush);
    EXPECT_FALSE(reader.next().value());
}

TEST(PktLine, RefusesWhatIsNone) {
    for (const auto* text : {"0", "zzzz", "0002", "0003", "0009abc", "fffffff", "-001", "+004"})
        EXPECT_FALSE(PktReader(text).next()) << text;
}

TEST(UploadPack, ReadsWhatGitSends) {
    const auto refs =
        parse_upload_pack(lines({"command=ls-refs\n", "agent=git/2.39\n", "object-format=sha1\n"},
                                {"peel\n", "symrefs\n", "ref-prefix refs/heads/\n"}));
    EXPECT_TRUE(std::get<LsRefs>(refs.value()).symrefs);
    EXPECT_EQ(std::get<LsRefs>(refs.value()).prefixes, std::vector<std::string>{"refs/heads/"});
    const auto want = "want " + std::string(kOne) + "\n";
    const auto have = "have " + std::string(kOne);
    const auto fetch = std::get<Fetch>(
        parse_upload_pack(lines({"command=fetch", "agent=git/2.39"},
                                {"thin-pack", "ofs-delta", "deepen 3\n", want, have, "done\n"}))
            .value());
    EXPECT_EQ(fetch.wants, std::vector{*Oid::parse(kOne)});
    EXPECT_EQ(fetch.haves, fetch.wants);
    EXPECT_EQ(fetch.depth, 3);
    EXPECT_TRUE(fetch.done);
}

TEST(UploadPack, NamesWhatItDoesNotUnderstand) {
    const auto why = [](const std::string& body) {
        return parse_upload_pack(body).error().message;
    };
    EXPECT_TRUE(why(lines({"command=fetch"}, {"filter blob:none"})).contains("filter blob:none"));
    EXPECT_TRUE(why(lines({"command=fetch"}, {"want 12"})).contains("want 12"));
    EXPECT_TRUE(why(lines({"command=fetch"}, {"deepen -1"})).contains("deepen -1"));
    EXPECT_TRUE(why(lines({"command=push"}, {})).contains("command=push"));
    EXPECT_TRUE(why(lines({"command=fetch", "object-format=sha256"}, {})).contains("sha256"));
    EXPECT_TRUE(why(lines({"agent=x"}, {})).contains("no command"));
    EXPECT_TRUE(why("0011command=fetch").contains("in the middle"));
    EXPECT_TRUE(why("").contains("in the middle"));
}

// A pack of these blobs, each given in two pieces.
std::string pack_of(const std::vector<std::string>& blobs) {
    std::string out;
    PackWriter writer(out, static_cast<std::uint32_t>(blobs.size()));
    for (const std::string_view blob : blobs) {
        writer.begin_object(ObjectType::blob, blob.size());
        writer.add(as_bytes(blob.substr(0, blob.size() / 2)));
        writer.add(as_bytes(blob.substr(blob.size() / 2)));
        writer.end_object();
    }
    writer.finish();
    return out;
}

TEST(PackWriter, WritesWhatGitReads) {
    std::vector<std::string> blobs = {"", "x", std::string(15, 'a'), std::string(16, 'b'),
                                      std::string(3'000'000, 'c')};
    std::string noise;
    std::uint32_t state = 1;
    for (int i = 0; i < 700'000; ++i)
        noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    blobs.push_back(noise);
    const GitProgram git;
    git.run("index-pack --stdin --strict", pack_of(blobs));
    for (const auto& blob : blobs)
        EXPECT_EQ(git.run("cat-file blob " + blob_id(as_bytes(blob)).hex()), blob);
}

TEST(Gunzip, UnpacksAndRefuses) {
    // printf hello | gzip -n
    constexpr std::array<unsigned char, 25> kHello = {
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd,
        0xc9, 0xc9, 0x07, 0x00, 0x86, 0xa6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00};
    const auto bytes = std::as_bytes(std::span(kHello));
    EXPECT_EQ(gunzip(bytes, 5).value(), "hello");
    EXPECT_EQ(gunzip(bytes, 4).error().code, Code::payload_too_large);
    for (std::size_t size = 0; size + 8 < bytes.size(); ++size)
        EXPECT_FALSE(gunzip(bytes.first(size), 100)) << size;
    EXPECT_FALSE(gunzip(as_bytes(std::string_view("no gzip at all")), 100));
}

}  // namespace
}  // namespace siahub::git
