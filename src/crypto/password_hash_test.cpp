#include "crypto/password_hash.hpp"

#include <gtest/gtest.h>

namespace siahub {
namespace {

TEST(PasswordHash, OnlyThePasswordFits) {
    const auto hash = hash_password("correct horse");
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << hash;
    EXPECT_TRUE(verify_password(hash, "correct horse"));
    EXPECT_FALSE(verify_password(hash, "correct horsf"));
    EXPECT_FALSE(verify_password(hash, ""));
    EXPECT_FALSE(verify_password("", "correct horse"));
    EXPECT_FALSE(verify_password("not a hash", "correct horse"));
    EXPECT_NE(hash, hash_password("correct horse")) << "each has a salt of its own";
}

TEST(PasswordHash, AnotherCostIsUnderstoodAndOutdated) {
    EXPECT_FALSE(is_outdated(hash_password("x")));
    EXPECT_TRUE(
        is_outdated("$argon2id$v=19$m=8192,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
}

}  // namespace
}  // namespace siahub
