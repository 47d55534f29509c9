#include "http/forwarded.hpp"

#include <gtest/gtest.h>

namespace siahub::http {
namespace {

bool trusts_tens(std::string_view address) {
    return address.starts_with("10.");
}

Headers with(std::string_view name, std::string_view value) {
    Headers headers;
    headers.add(name, value);
    return headers;
}

TEST(Forwarded, TheClientIsTheLastOneBeforeTheTrustedProxies) {
    const auto client = [](std::string_view peer, std::string_view list) {
        return std::string(forwarded_client(peer, with("X-Forwarded-For", list), trusts_tens));
    };
    EXPECT_EQ(client("10.0.0.1", "192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(client("10.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.2"), "192.0.2.7");
    EXPECT_EQ(client("192.0.2.9", "6.6.6.6"), "192.0.2.9");
    EXPECT_EQ(client("10.0.0.1", ""), "10.0.0.1");
    EXPECT_EQ(client("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
    EXPECT_EQ(client("10.0.0.1", "192.0.2.7,"), "10.0.0.1");
    EXPECT_EQ(forwarded_client("10.0.0.1", {}, trusts_tens), "10.0.0.1");
}

TEST(Forwarded, TheAddressIsTheOneTheClientUsed) {
    auto headers = with("X-Forwarded-Proto", "http, https");
    EXPECT_EQ(forwarded_base_url("cas:8470", headers), "https://cas:8470");
    headers.add("X-Forwarded-Host", "hub.example.org");
    EXPECT_EQ(forwarded_base_url("cas:8470", headers), "https://hub.example.org");
    for (const auto* evil : {"a/b", "a@b", "a\"b", "", "a b"})
        EXPECT_EQ(forwarded_base_url("h", with("X-Forwarded-Host", evil)), "http://h") << evil;
    EXPECT_EQ(forwarded_base_url("h", with("X-Forwarded-Proto", "javascript")), "http://h");
}

}  // namespace
}  // namespace siahub::http
