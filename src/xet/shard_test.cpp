#include "core/encoding.hpp"
#include "xet/limits.hpp"
#include "xet/shard_builder.hpp"
#include "xet/shard_parser.hpp"
#include "xet/test_shard.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace siahub::xet {
namespace {

using test::hello_shard;

Bytes from_hex_text(std::string_view hex) {
    Bytes bytes(hex.size() / 2);
    EXPECT_TRUE(from_hex(hex, bytes));
    return bytes;
}

std::string zeros(std::size_t bytes) {
    return std::string(2 * bytes, '0');
}
const std::string kBookend = std::string(64, 'f') + zeros(16);
constexpr std::string_view kChunk =
    "a29cfb08e608d4d8726dd8659a90b9134b3240d5d8e42d5fcb28e2a6e763a3e8";

// "Hello World!" as the JS client uploads it; bytes 0 to 431 of its shard.
std::string hello_sections() {
    const std::string chunk(kChunk);
    return "48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9"
           "0200000000000000c800000000000000"
           "bd60b088ade0daa9b195cfbd7ac8e7d74f6db014045ac9326571b887d268eb6b"
           "000000c0010000000000000000000000" +
           chunk + "000000000c0000000000000001000000" +
           "4ccb988e4563cb8923b7a7a5506bbe7592e648535df0824b2b86c35daf1ab75f" + zeros(16) +
           "53fcf17f65b1837f5dd6a14881c12db92877d6a31f4b2dfc69906d1200d2dd4a" + zeros(16) +
           kBookend + chunk + "00000000010000000c00000014000000" + chunk +
           "000000000c0000000000000000000000" + kBookend;
}

std::string hello_footer(std::string_view created) {
    return "0100000000000000"
           "3000000000000000"
           "2001000000000000" +
           zeros(48) + zeros(32) + std::string(created) + zeros(8) + zeros(48) +
           "1400000000000000" + zeros(8) +
           "0c00000000000000"
           "b001000000000000";
}

TEST(Shard, ReadsAndWritesTheGoldenJsUpload) {
    const auto body = from_hex_text(hello_sections() + hello_footer("efbeadde00000000"));
    ASSERT_EQ(body.size(), 632U);
    EXPECT_EQ(parse_shard(body), hello_shard());
    EXPECT_EQ(to_hex(build_upload_shard(hello_shard(), ShardFooter::js, 0xdeadbeef)), to_hex(body));
}

TEST(Shard, ReadsAndWritesTheRustForm) {
    auto shard = hello_shard();
    shard.xorbs[0].stored_size = 0;
    const auto body = build_upload_shard(shard);
    EXPECT_EQ(body.size(), 432U);
    EXPECT_EQ(to_hex(sha256(body)),
              "92b52ba3907f9c57246fe5c81f562af5e7afecb15c37ae5905cc2cb084f19ed4");
    EXPECT_EQ(parse_shard(body), shard);
}

// One file of one xorb with so many chunks, as clients describe it.
Shard plain_upload(std::size_t chunks) {
    Shard shard = hello_shard();
    shard.xorbs[0].chunks.assign(chunks, shard.xorbs[0].chunks[0]);
    shard.xorbs[0].unpacked_size = static_cast<std::uint32_t>(12 * chunks);
    return shard;
}

TEST(Shard, HasTheSizesOfRecordedUploads) {
    EXPECT_EQ(build_upload_shard(plain_upload(20)).size(), 1344U);
    EXPECT_EQ(build_upload_shard(plain_upload(19), ShardFooter::js).size(), 1496U);
    auto known_content = hello_shard();
    known_content.xorbs.clear();
    EXPECT_EQ(build_upload_shard(known_content).size(), 336U);
}

TEST(Shard, ReadsTheEmptyFile) {
    const auto body = from_hex_text(
        "48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9"
        "0200000000000000c800000000000000" +
        zeros(32) + "000000c0000000000000000000000000" +
        "141cfc9842c4b0e324b96f99c8f4fb9a4c939b64e441ae2755b852781b9995a4" + zeros(16) + kBookend +
        kBookend + zeros(200));
    ASSERT_EQ(body.size(), 440U);
    const auto shard = parse_shard(body).value();
    ASSERT_EQ(shard.files.size(), 1U);
    EXPECT_TRUE(shard.files[0].file.is_zero());
    EXPECT_TRUE(shard.files[0].has_verification);
    EXPECT_EQ(shard.files[0].size(), 0U);
    EXPECT_TRUE(shard.xorbs.empty());
}

TEST(Shard, TheGoldenMetadataOfTheEmptyFileIsTheHashOfNothing) {
    Shard shard;
    shard.files.push_back({.file = {},
                           .segments = {},
                           .verification = {},
                           .has_verification = true,
                           .sha256 = sha256({})});
    const auto body = build_upload_shard(shard, ShardFooter::js);
    EXPECT_EQ(body.size(), 440U);
    EXPECT_EQ(parse_shard(body), shard);
    EXPECT_EQ(to_hex(*parse_shard(body)->files[0].sha256),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Shard, AcceptsLookupTablesBeforeTheFooter) {
    auto body = from_hex_text(hello_sections());
    body.resize(body.size() + 12 + 12 + 16 + 200);
    EXPECT_EQ(parse_shard(body), hello_shard());
}

TEST(Shard, VerificationIsAllOrNone) {
    auto shard = hello_shard();
    shard.files.push_back(shard.files[0]);
    EXPECT_EQ(parse_shard(build_upload_shard(shard)), shard);
    shard.files[1].has_verification = false;
    shard.files[1].verification.clear();
    EXPECT_FALSE(parse_shard(build_upload_shard(shard)));
    shard.files[0] = shard.files[1];
    EXPECT_EQ(parse_shard(build_upload_shard(shard)), shard);
    shard.files[0].sha256.reset();
    EXPECT_EQ(parse_shard(build_upload_shard(shard)), shard);
}

TEST(Shard, KeepsOneOfManyEmptyFiles) {
    Shard shard;
    shard.files.resize(1'000);
    EXPECT_EQ(parse_shard(build_upload_shard(shard))->files.size(), 1U);
}

Hash random_hash(std::uint64_t& seed) {
    Hash hash;
    for (std::size_t w = 0; w < 4; ++w)
        store_le(&hash.bytes[8 * w], test::split_mix(seed));
    return hash;
}

Shard random_shard(std::uint64_t seed) {
    Shard shard;
    const auto below = [&](std::uint64_t limit) {
        return static_cast<std::uint32_t>(test::split_mix(seed) % limit);
    };
    const bool verified = below(2) == 0;
    for (auto files = below(5); files > 0; --files) {
        ShardFile file{.file = random_hash(seed),
                       .segments = {},
                       .verification = {},
                       .has_verification = verified,
                       .sha256 = {}};
        if (below(2) == 0) file.sha256 = random_hash(seed).bytes;
        for (auto segments = 1 + below(5); segments > 0; --segments) {
            const auto start = below(8000);
            file.segments.push_back(
                {random_hash(seed), start, start + 1 + below(100), below(1'000'000)});
            if (verified) file.verification.push_back(random_hash(seed));
        }
        shard.files.push_back(file);
    }
    for (auto xorbs = below(5); xorbs > 0; --xorbs) {
        ShardXorb xorb{random_hash(seed), 0, below(1'000'000), {}};
        for (auto chunks = 1 + below(50); chunks > 0; --chunks) {
            xorb.chunks.push_back({random_hash(seed), 1 + below(kMaxChunk), below(2) == 0});
            xorb.unpacked_size += xorb.chunks.back().unpacked_length;
        }
        shard.xorbs.push_back(xorb);
    }
    return shard;
}

TEST(Shard, RandomShardsRoundTrip) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        const auto shard = random_shard(seed);
        for (const auto form : {ShardFooter::none, ShardFooter::js}) {
            RC_ASSERT(parse_shard(build_upload_shard(shard, form)).value() == shard);
        }
    }));
}

}  // namespace
}  // namespace siahub::xet
