#include "sia/indexd/signing.hpp"

#include <gtest/gtest.h>

namespace siahub::sia::indexd {
namespace {

Ed25519PrivateKey key_of(std::byte every) {
    Ed25519Seed seed;
    seed.fill(every);
    return Ed25519PrivateKey(seed);
}

const auto kZeroKey = key_of(std::byte{0});

Hash256 hash(std::string_view hex) {
    return Hash256::from_hex(hex).value();
}
PublicKey key(std::string_view hex) {
    return PublicKey::from_hex(hex).value();
}

// The vectors of the Foundation's SDKs.
TEST(IndexdSigning, HashesARequest) {
    const SignedParts parts{.method = "POST",
                            .authority = "foo.bar",
                            .path = "/foo",
                            .valid_until = 123,
                            .body = "hello world!"};
    EXPECT_EQ(request_hash(parts).hex(),
              "a9f0bda1b97b7d44ae6369ac830851a115311bb59aa2d848beda6ae95d10ad18");
}

TEST(IndexdSigning, SignsARequest) {
    const SignedParts parts{.method = "POST",
                            .authority = "foo.bar",
                            .path = "/baz.jpg",
                            .valid_until = 183,
                            .body = "{}"};
    EXPECT_EQ(sign_hash(kZeroKey, request_hash(parts)).hex(),
              "458283fd707c9d170d5e1814944f35893c53c9445fd46c74a6b285bf3029bf404c9af509ea271d811726"
              "bd20d8c7d8fe4b9efdc4bebb445f18059eca886ece03");
    const SignedParts bare{
        .method = "GET", .authority = "foo.bar", .path = "/baz.jpg", .valid_until = 183};
    EXPECT_EQ(sign_hash(kZeroKey, request_hash(bare)).hex(),
              "7411fc80f920cb098690498133be075cd43bf6385fc8348fe1946e29d909891680d45651dfb0a6fd9f71"
              "96a971816c21441852362680f2fe4cb935de8f90380b");
}

TEST(IndexdSigning, HashesARegistration) {
    EXPECT_EQ(register_hash(key("9f5fb0b962f29497b3993e12c7a7880fbaf0cf52bad3620af0280895fdea8ece"),
                            "ebddc9385dace70f9a97cebce34134ac")
                  .hex(),
              "3017354ace367561d4c568263463c17d3c16030c637734e12e9418be1f2f8e65");
}

TEST(IndexdSigning, HashesAPreauthorization) {
    AppInfo app{.id = hash("0e90d697f5045a6593f1c43ebf79a369e2bc72cc5c7b6282f3b5aeb0de6e4005"),
                .name = "My App",
                .description = "My App Description",
                .service_url = "https://myapp.com",
                .logo_url = "https://myapp.com/logo.png",
                .callback_url = "https://myapp.com/callback"};
    const auto ephemeral = public_key_of(key_of(std::byte{1}));
    const auto preauthorized = public_key_of(key_of(std::byte{2}));
    EXPECT_EQ(preauthorization_hash(ephemeral, app, preauthorized).hex(),
              "eeaf84c91b1cb3b12112eb70f3153f5444472c6626ac6713172e9ea882a9f992");
    app.logo_url.clear();
    app.callback_url.clear();
    EXPECT_EQ(preauthorization_hash(ephemeral, app, preauthorized).hex(),
              "e7b052984db5a3669a75339a665bfe085b4613d11e71728bb7efd31b877dbd76");
}

class SignedQuery : public ::testing::Test {
  protected:
    SignedParts parts{.method = "POST",
                      .authority = "indexd.example:9982",
                      .path = "/slabs",
                      .valid_until = 1000,
                      .body = "[]"};
    std::string query = "offset=3&" + signed_query(parts, kZeroKey);
};

TEST_F(SignedQuery, IsBelievedUntilItsTime) {
    EXPECT_EQ(verify_signed_query(parts, query, 1000).value(), public_key_of(kZeroKey));
    EXPECT_FALSE(verify_signed_query(parts, query, 1001));
}

TEST_F(SignedQuery, CoversEverythingButTheRestOfTheQuery) {
    EXPECT_TRUE(verify_signed_query(parts, "offset=4&" + signed_query(parts, kZeroKey), 999));
    for (auto member :
         {&SignedParts::method, &SignedParts::authority, &SignedParts::path, &SignedParts::body}) {
        auto other = parts;
        other.*member = "other";
        EXPECT_FALSE(verify_signed_query(other, query, 999));
    }
    auto later = query;
    later.replace(later.find("sv=1000"), 7, "sv=9999");
    EXPECT_FALSE(verify_signed_query(parts, later, 999));
}

TEST_F(SignedQuery, IsNothingWithoutAllItsParts) {
    EXPECT_FALSE(verify_signed_query(parts, "", 0));
    EXPECT_FALSE(verify_signed_query(parts, "sv=1000", 0));
    for (const std::string_view name : {"sv=", "sc=", "ss="}) {
        auto broken = query;
        broken.replace(broken.find(name), 3, "xx=");
        EXPECT_FALSE(verify_signed_query(parts, broken, 0)) << name;
    }
}

}  // namespace
}  // namespace siahub::sia::indexd
