#include "core/encoding.hpp"

#include <gtest/gtest.h>

namespace siahub {
namespace {

TEST(Encoding, HexRoundTripAndStrictness) {
    std::array<std::byte, 2> out{};
    EXPECT_EQ(to_hex(as_bytes("\x01\xab")), "01ab");
    EXPECT_TRUE(from_hex("01AB", out));
    EXPECT_EQ(out[1], std::byte{0xab});
    EXPECT_FALSE(from_hex("01a", out));
    EXPECT_FALSE(from_hex("01ag", out));
}

TEST(Encoding, Base64VectorsOfRfc4648) {
    for (auto [plain, coded] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64(as_bytes(plain)), coded);
        EXPECT_EQ(as_chars(from_base64(coded).value()), plain);
    }
    EXPECT_EQ(to_base64url(as_bytes("\xff\xfe")), "__4");
    EXPECT_EQ(as_chars(from_base64url("__4").value()), "\xff\xfe");
}

TEST(Encoding, Base64RefusesForeignBytes) {
    for (std::string_view bad : {"Z", "Zg", "Zg=", "Zg=\n", "Zm9v!", "Zh==", "Z g=", "Zm9v===="})
        EXPECT_FALSE(from_base64(bad)) << bad;
}

TEST(Encoding, PercentKeepsPlusAndRefusesBrokenEscapes) {
    EXPECT_EQ(percent_encode("a b/+%\xc3\xa9", "/"), "a%20b/%2B%25%C3%A9");
    EXPECT_EQ(percent_decode("a%20b+%2b").value(), "a b++");
    for (std::string_view bad : {"%", "%2", "%zz"})
        EXPECT_FALSE(percent_decode(bad)) << bad;
}

TEST(Encoding, Utf8) {
    EXPECT_TRUE(is_valid_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    for (std::string_view bad :
         {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"})
        EXPECT_FALSE(is_valid_utf8(bad));
}

}  // namespace
}  // namespace siahub
