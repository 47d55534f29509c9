#include "sia/indexd/app_types.hpp"

#include <gtest/gtest.h>

namespace siahub::sia::indexd {
namespace {

template <class T>
Result<T> read(std::string_view text, Result<T> (*parse)(const boost::json::value&)) {
    return parse(TRY(parse_json(text)));
}

TEST(JsonReader, ReadsTimes) {
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z").value(), 0);
    EXPECT_EQ(parse_rfc3339("2026-08-21T09:15:00Z").value(), 1787303700);
    EXPECT_EQ(parse_rfc3339("2026-08-21T09:15:00.123456789Z").value(), 1787303700);
    EXPECT_EQ(parse_rfc3339("2026-08-21T11:15:00+02:00").value(), 1787303700);
    EXPECT_EQ(parse_rfc3339("2026-08-21T03:45:00.5-05:30").value(), 1787303700);
    EXPECT_EQ(parse_rfc3339("0001-01-01T00:00:00Z").value(), -62135596800);
    for (const auto* text : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                             "2026-08-21T24:00:00Z", "2026-08-21T09:15:00", "2026-08-21T09:15:00+2",
                             "-026-08-21T09:15:00Z", "2026-08-21T09:15:00.Q"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    for (const std::int64_t time : {0LL, 1787303700LL, 4102444799LL, -62135596800LL})
        EXPECT_EQ(parse_rfc3339(to_rfc3339(time)).value(), time);
}

TEST(JsonReader, ReadsAmounts) {
    EXPECT_EQ(parse_currency("0").value(), Currency{});
    EXPECT_EQ(parse_currency("18446744073709551616").value(), (Currency{0, 1}));
    const Currency most{UINT64_MAX, UINT64_MAX};
    EXPECT_EQ(to_decimal(most), "340282366920938463463374607431768211455");
    EXPECT_EQ(parse_currency(to_decimal(most)).value(), most);
    for (const auto* text : {"", "-1", "1.5", "1 SC", "340282366920938463463374607431768211456"})
        EXPECT_FALSE(parse_currency(text)) << text;
}

TEST(JsonReader, SaysWhatDoesNotFit) {
    const auto why = [](std::string_view text) { return read(text, parse_host).error().message; };
    EXPECT_TRUE(why("[]").contains("no object for a host"));
    EXPECT_TRUE(why("{}").contains("a host whose publicKey is missing"));
    EXPECT_TRUE(why(R"({"publicKey": 7})").contains("publicKey is no text"));
    EXPECT_TRUE(why(R"({"publicKey": "ed25519:12"})").contains("no public key"));
    EXPECT_TRUE(why("{").contains("no valid JSON"));
    EXPECT_TRUE(why(std::string(1000, '[')).contains("no valid JSON"));
}

TEST(JsonReader, TakesNullForNothing) {
    const std::string key = "ed25519:" + std::string(64, 'a');
    const auto host =
        read(R"({"publicKey": ")" + key + R"(", "addresses": null, "latitude": null})", parse_host);
    ASSERT_TRUE(host) << host.error().message;
    EXPECT_TRUE(host->addresses.empty());
    EXPECT_TRUE(read_list(parse_json("null").value(), parse_host).value().empty());
    EXPECT_FALSE(read_list(parse_json("{}").value(), parse_host));
}

TEST(JsonReader, TakesNoPlaceThatIsNotOnEarth) {
    const auto place = [](std::string_view latitude, std::string_view longitude) {
        const auto text = R"({"publicKey": "ed25519:)" + std::string(64, 'a') +
                          R"(", "latitude": )" + std::string(latitude) + R"(, "longitude": )" +
                          std::string(longitude) + "}";
        const auto host = read(text, parse_host).value();
        return std::pair(host.latitude, host.longitude);
    };
    EXPECT_EQ(place("52.5", "-180"), std::pair(52.5, -180.0));
    EXPECT_EQ(place("-90", "13.38886001"), std::pair(-90.0, 13.38886));
    EXPECT_EQ(place("90.1", "-7e200"), std::pair(0.0, 0.0));
}

TEST(JsonReader, RefusesSlabsThatNoSlabCanBe) {
    const auto slab = [](std::string_view rest) {
        return read(R"({"encryptionKey": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", )" +
                        std::string(rest) + "}",
                    parse_slab);
    };
    EXPECT_TRUE(slab(R"("minShards": 1, "sectors": [])"));
    EXPECT_FALSE(slab(R"("minShards": 256, "sectors": [])"));
    EXPECT_FALSE(slab(R"("minShards": -1, "sectors": [])"));
    EXPECT_FALSE(slab(R"("version": 2)"));
    EXPECT_FALSE(slab(R"("version": 1e300)"));
    std::string many = "null";
    for (int shard = 0; shard < 256; ++shard)
        many += ",null";
    EXPECT_FALSE(slab(R"("sectors": [)" + many + "]"));
}

TEST(JsonReader, RefusesASlabUnderAnotherId) {
    Slab slab{.version = 1, .key = {}, .min_shards = 1, .sectors = {{{}, {}}}};
    auto json = to_json(slab).as_object();
    json["id"] = slab_id(slab).hex();
    EXPECT_EQ(parse_pinned_slab(json).value(), slab);
    json["minShards"] = 2;
    EXPECT_FALSE(parse_pinned_slab(json));
}

}  // namespace
}  // namespace siahub::sia::indexd
