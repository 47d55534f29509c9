// What a shard must not say, and how little of it is believed before it is checked.

#include "xet/limits.hpp"
#include "xet/shard_builder.hpp"
#include "xet/shard_parser.hpp"
#include "xet/test_shard.hpp"

#include <gtest/gtest.h>

namespace siahub::xet {
namespace {

using test::hello_shard;

TEST(Shard, RefusesEveryTruncationAndTrailingBytes) {
    const auto with_footer = build_upload_shard(hello_shard(), ShardFooter::js);
    const auto without = build_upload_shard(hello_shard());
    for (const auto& body : {with_footer, without}) {
        for (std::size_t size = 0; size < body.size(); ++size) {
            EXPECT_FALSE(parse_shard(ByteView(body).first(size))) << size;
        }
    }
    auto longer = without;
    longer.push_back(std::byte{0});
    EXPECT_EQ(parse_shard(longer).error().message, "Bytes follow the last section of the shard");
}

std::string complaint_with_u32(std::size_t at, std::uint32_t value) {
    auto body = build_upload_shard(hello_shard());
    store_le(&body[at], value);
    const auto shard = parse_shard(body);
    return shard ? "no complaint" : shard.error().message;
}

TEST(Shard, ChecksCountsBeforeAllocating) {
    EXPECT_NE(complaint_with_u32(84, 0xffffffff).find("states 8589934590 segment"),
              std::string::npos);
    EXPECT_NE(complaint_with_u32(84, 200).find("too short"), std::string::npos);
    EXPECT_NE(complaint_with_u32(324, 0xffffffff).find("a xorb has 1 to 8192"), std::string::npos);
    EXPECT_NE(complaint_with_u32(324, 8192).find("too short"), std::string::npos);
    EXPECT_NE(complaint_with_u32(324, 0).find("0 chunks"), std::string::npos);
}

TEST(Shard, ChecksFields) {
    EXPECT_NE(complaint_with_u32(0, 0).find("does not start"), std::string::npos);
    EXPECT_NE(complaint_with_u32(32, 3).find("version 3"), std::string::npos);
    EXPECT_NE(complaint_with_u32(40, 208).find("200 bytes, not 208"), std::string::npos);
    EXPECT_NE(complaint_with_u32(80, 0xe0000000).find("flags e0000000"), std::string::npos);
    EXPECT_NE(complaint_with_u32(136, 1).find("chunks 1 to 1"), std::string::npos);
    EXPECT_NE(complaint_with_u32(140, 8193).find("chunks 0 to 8193"), std::string::npos);
    EXPECT_NE(complaint_with_u32(328, 13).find("add up to 12"), std::string::npos);
    EXPECT_NE(complaint_with_u32(368, 1).find("impossible place"), std::string::npos);
    EXPECT_NE(complaint_with_u32(372, 0).find("impossible place"), std::string::npos);
    EXPECT_NE(complaint_with_u32(372, 131'073).find("impossible place"), std::string::npos);
    EXPECT_EQ(complaint_with_u32(376, 0x80000000), "no complaint") << "the dedup flag";
}

TEST(Shard, RefusesAFileWithoutSegmentsThatIsNotEmpty) {
    auto shard = hello_shard();
    shard.files[0].segments.clear();
    shard.files[0].verification.clear();
    EXPECT_FALSE(parse_shard(build_upload_shard(shard)));
}

TEST(Shard, BoundsTheBody) {
    EXPECT_EQ(parse_shard(Bytes(kMaxShardBody + 1)).error().code, Code::payload_too_large);
    EXPECT_EQ(parse_shard(Bytes(kMaxShardBody)).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace siahub::xet
