#include "backup/body_list.hpp"
#include "backup/manifest.hpp"
#include "core/temp_dir.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace siahub::backup {
namespace {

using db::ColumnType;
using Row = std::vector<db::Value>;

const db::TableShape kTable{.name = "t",
                            .columns = {{"n", ColumnType::integer},
                                        {"r", ColumnType::real},
                                        {"s", ColumnType::text},
                                        {"b", ColumnType::blob}}};

RowReader reader_of(ByteView bytes, std::size_t step) {
    return RowReader(
        [bytes, step](std::span<std::byte> out) mutable -> Result<std::size_t> {
            const auto n = std::min({out.size(), bytes.size(), step});
            std::ranges::copy(bytes.first(n), out.begin());
            bytes = bytes.subspan(n);
            return n;
        },
        bytes.size(), kTable);
}

Bytes file_bytes(const std::filesystem::path& file) {
    Bytes bytes(std::filesystem::file_size(file));
    std::FILE* in = std::fopen(file.c_str(), "rb");
    EXPECT_EQ(std::fread(bytes.data(), 1, bytes.size(), in), bytes.size());
    std::fclose(in);
    return bytes;
}

class RowFileTest : public ::testing::Test {
  protected:
    RowFileTest() {
        RowWriter writer(DigestedFile::create(file_).value());
        for (const auto& row : rows_)
            EXPECT_TRUE(writer.add(row));
        written_ = writer.finish().value();
    }

    TempDir dir_;
    std::filesystem::path file_ = dir_.path() / "t.rows";
    std::vector<Row> rows_{
        {std::int64_t{-1}, 0.5, std::string("ä"), Bytes{std::byte{0}, std::byte{255}}},
        {nullptr, nullptr, nullptr, nullptr},
        {std::numeric_limits<std::int64_t>::min(), -0.0, std::string(), Bytes(3'000'000)}};
    Digested written_;
};

TEST_F(RowFileTest, ReadsBackWhatWasWritten) {
    EXPECT_EQ(digest_file(file_).value(), written_);
    const auto bytes = file_bytes(file_);
    for (const auto step : {1UL, 7UL, 100'000'000UL}) {
        auto reader = reader_of(bytes, step);
        Row row;
        for (const auto& expected : rows_) {
            ASSERT_TRUE(reader.next(row).value());
            EXPECT_EQ(row, expected);
        }
        EXPECT_FALSE(reader.next(row).value());
    }
}

TEST_F(RowFileTest, RefusesWhatIsCutShortOrNonsense) {
    const auto bytes = file_bytes(file_);
    Row row;
    for (const auto cut : {1UL, 8UL, 20UL, 30UL}) {
        auto reader = reader_of(ByteView(bytes).first(cut), 100);
        EXPECT_FALSE(reader.next(row)) << cut;
    }
    auto wrong_type = bytes;
    wrong_type[0] = std::byte{3};
    EXPECT_FALSE(reader_of(wrong_type, 100).next(row));
    // A length that asks for 4 GiB.
    auto too_long = bytes;
    for (std::size_t i = 19; i < 23; ++i)
        too_long[i] = std::byte{0xff};
    EXPECT_FALSE(reader_of(too_long, 100).next(row));
}

// Rows of bodies on several nodes.
class BodyRowsTest : public ::testing::Test {
  protected:
    static Bytes hash(int seed) { return Bytes(32, static_cast<std::byte>(seed)); }
    static xet::Hash as_hash(int seed) {
        const auto raw = hash(seed);
        return xet::Hash::from_raw(std::span(raw).first<32>());
    }
    static Row row(int seed, std::string node) {
        return {hash(seed), std::move(node), std::int64_t{seed}, std::int64_t{0}};
    }

    const db::TableShape bodies_{.name = "xorb_bodies",
                                 .columns = {{"hash", ColumnType::blob},
                                             {"node", ColumnType::text},
                                             {"size", ColumnType::integer},
                                             {"stored_at", ColumnType::integer}}};
    const db::TableShape nodes_{.name = "nodes", .columns = {{"id", ColumnType::text}}};
    TempDir dir_;
};

TEST_F(BodyRowsTest, BelongToWhoeverRestoresThem) {
    const std::vector absent{as_hash(3)};
    DiskRows disk(absent);
    Row other_node{std::string("n1")};
    EXPECT_FALSE(disk.adopt(nodes_, other_node));
    auto first = row(1, "n1");
    EXPECT_TRUE(disk.adopt(bodies_, first));
    EXPECT_EQ(first, row(1, ""));
    auto again = row(1, "n2");
    EXPECT_FALSE(disk.adopt(bodies_, again));
    auto missing = row(3, "n1");
    EXPECT_FALSE(disk.adopt(bodies_, missing));
    Row elsewhere{std::string("whatever")};
    EXPECT_TRUE(disk.adopt({.name = "users", .columns = {{"id", ColumnType::text}}}, elsewhere));
}

TEST_F(BodyRowsTest, AreHereWhenTheyAreOfThisNode) {
    std::ofstream(dir_.path() / "node") << "own\n";
    Manifest manifest;
    manifest.tables.push_back(
        {.shape = bodies_, .file = {.name = "xorb_bodies.rows", .content = {}}});
    RowWriter writer(DigestedFile::create(dir_.path() / "xorb_bodies.rows").value());
    for (const auto& written :
         {row(5, "other"), row(1, "other"), row(1, "own"), row(2, ""), row(4, "own")})
        ASSERT_TRUE(writer.add(written));
    ASSERT_TRUE(writer.finish());
    const auto bodies = list_bodies(dir_.path(), manifest, dir_.path()).value();
    const std::vector<Body> expected{{as_hash(1), 1, true},
                                     {as_hash(2), 2, true},
                                     {as_hash(4), 4, true},
                                     {as_hash(5), 5, false}};
    EXPECT_EQ(bodies, expected);
}

Manifest sample_manifest() {
    Manifest manifest;
    manifest.id = "00112233445566778899aabbccddeeff";
    manifest.hub_version = "1.2.3";
    manifest.database = "sqlite";
    manifest.schema_version = 2;
    manifest.created_at = 1'700'000'000'000;
    manifest.tables.push_back(
        {.shape = kTable, .file = {.name = "t.rows", .content = {.bytes = 12}}, .rows = 3});
    manifest.secrets.push_back({.name = "keys", .content = {.bytes = 1}});
    manifest.absent = {.shape = absent_shape(), .file = {.name = "absent.rows", .content = {}}};
    return manifest;
}

TEST(Manifest, ReadsBackWhatWasWritten) {
    const auto manifest = sample_manifest();
    EXPECT_EQ(parse_manifest(render_manifest(manifest)).value(), manifest);
}

TEST(Manifest, RefusesEveryCutAndEveryChangedByte) {
    const auto text = render_manifest(sample_manifest());
    for (std::size_t i = 0; i < text.size(); ++i) {
        EXPECT_FALSE(parse_manifest(text.substr(0, i))) << i;
        auto changed = text;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(parse_manifest(changed)) << i;
    }
}

TEST(Manifest, RefusesNamesThatLeadElsewhere) {
    for (const auto* const name : {"../keys", "/etc/passwd", "", ".hidden", "a/b"}) {
        auto manifest = sample_manifest();
        manifest.secrets[0].name = name;
        EXPECT_FALSE(parse_manifest(render_manifest(manifest))) << name;
    }
}

}  // namespace
}  // namespace siahub::backup
