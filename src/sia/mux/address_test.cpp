#include "sia/mux/address.hpp"

#include <gtest/gtest.h>

namespace siahub::sia::mux {
namespace {

TEST(MuxAddress, IsANameOrAnIpWithAPort) {
    EXPECT_EQ(parse_address("host.example:9984").value(), (Address{"host.example", 9984}));
    EXPECT_EQ(parse_address("10.1.2.3:1").value(), (Address{"10.1.2.3", 1}));
    EXPECT_EQ(parse_address("[2001:db8::1]:65535").value(), (Address{"2001:db8::1", 65535}));
    for (const auto* bad : {"", "host", "host:", ":9984", "host:0", "host:65536", "host:99 84",
                            "host:-1", "::1:9984", "[]:9984", "[::1]"})
        EXPECT_FALSE(parse_address(bad)) << bad;
    EXPECT_EQ(to_text(parse_address("[::]:7").value()), "[::]:7");
}

TEST(MuxAddress, TheUnspecifiedOneIsThisMachine) {
    const std::vector<Address> both{{"::1", 7}, {"127.0.0.1", 7}};
    EXPECT_EQ(places_of({"::", 7}), both);
    EXPECT_EQ(places_of({"0.0.0.0", 7}), (std::vector<Address>{{"127.0.0.1", 7}}));
    EXPECT_EQ(places_of({"host.example", 7}), (std::vector<Address>{{"host.example", 7}}));
}

}  // namespace
}  // namespace siahub::sia::mux
