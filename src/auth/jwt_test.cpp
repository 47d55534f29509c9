#include "auth/jwt.hpp"

#include "core/encoding.hpp"
#include "crypto/digest.hpp"

#include <memory>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace siahub::auth {
namespace {

namespace json = boost::json;

std::string text64(std::string_view text) {
    return to_base64url(as_bytes(text));
}

// A provider's key: RSA of some length, or P-256.
class TestKey {
  public:
    explicit TestKey(unsigned rsa_bits) : key_(EVP_RSA_gen(rsa_bits)) {}
    TestKey() : key_(EVP_EC_gen("P-256")) {}
    ~TestKey() { EVP_PKEY_free(key_); }
    TestKey(const TestKey&) = delete;
    TestKey& operator=(const TestKey&) = delete;

    [[nodiscard]] bool is_rsa() const { return EVP_PKEY_is_a(key_, "RSA") == 1; }
    [[nodiscard]] json::object jwk(std::string_view id) const {
        json::object jwk{{"kid", id}, {"use", "sig"}, {"kty", is_rsa() ? "RSA" : "EC"}};
        if (is_rsa()) {
            jwk["n"] = parameter(OSSL_PKEY_PARAM_RSA_N, 0);
            jwk["e"] = parameter(OSSL_PKEY_PARAM_RSA_E, 0);
        } else {
            jwk["crv"] = "P-256";
            jwk["x"] = parameter(OSSL_PKEY_PARAM_EC_PUB_X, 32);
            jwk["y"] = parameter(OSSL_PKEY_PARAM_EC_PUB_Y, 32);
        }
        return jwk;
    }
    [[nodiscard]] std::string token(const std::string& header, const std::string& claims) const {
        const auto text = text64(header) + "." + text64(claims);
        return text + "." + to_base64url(signature(text));
    }

  private:
    [[nodiscard]] std::string parameter(const char* name, std::size_t width) const {
        BIGNUM* number = nullptr;
        EVP_PKEY_get_bn_param(key_, name, &number);
        Bytes bytes(std::max(width, static_cast<std::size_t>(BN_num_bytes(number))));
        BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                     static_cast<int>(bytes.size()));
        BN_free(number);
        return to_base64url(bytes);
    }
    [[nodiscard]] Bytes signature(std::string_view text) const {
        const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                         EVP_MD_CTX_free);
        const auto* message = reinterpret_cast<const unsigned char*>(text.data());
        std::size_t size = 0;
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_);
        EVP_DigestSign(context.get(), nullptr, &size, message, text.size());
        Bytes out(size);
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, message,
                       text.size());
        out.resize(size);
        return is_rsa() ? out : side_by_side(out);
    }
    static Bytes side_by_side(const Bytes& der) {
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        auto* parsed = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
        Bytes raw(64);
        auto* out = reinterpret_cast<unsigned char*>(raw.data());
        BN_bn2binpad(ECDSA_SIG_get0_r(parsed), out, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(parsed), out + 32, 32);
        ECDSA_SIG_free(parsed);
        return raw;
    }

    EVP_PKEY* key_;
};

const std::string kClaims = R"({"sub":"mia"})";

class JwtTest : public ::testing::Test {
  protected:
    [[nodiscard]] json::value keys() const {
        return json::object{{"keys", json::array{rsa_.jwk("r"), ec_.jwk("e")}}};
    }
    [[nodiscard]] bool good(std::string_view token) const {
        return verify_jwt(token, keys()).has_value();
    }

    TestKey rsa_{2048};
    TestKey ec_;
};

TEST_F(JwtTest, TokensOfTheProvidersKeys) {
    for (const auto& token : {rsa_.token(R"({"alg":"RS256","kid":"r"})", kClaims),
                              rsa_.token(R"({"alg":"RS256"})", kClaims),
                              ec_.token(R"({"alg":"ES256","kid":"e"})", kClaims),
                              ec_.token(R"({"alg":"ES256","typ":"JWT"})", kClaims)}) {
        const auto claims = verify_jwt(token, keys());
        ASSERT_TRUE(claims) << claims.error().message;
        EXPECT_EQ(claims->at("sub"), "mia");
    }
}

TEST_F(JwtTest, EverythingElseIsRefused) {
    const auto token = rsa_.token(R"({"alg":"RS256","kid":"r"})", kClaims);
    const auto last = token.rfind('.');
    const auto first = token.find('.');
    EXPECT_FALSE(good(""));
    EXPECT_FALSE(good("a.b"));
    EXPECT_FALSE(good("..."));
    EXPECT_FALSE(good(token + ".x"));
    EXPECT_FALSE(good(token.substr(0, last + 1))) << "no signature";
    EXPECT_FALSE(
        good(token.substr(0, first) + "." + text64(R"({"sub":"root"})") + token.substr(last)));
    EXPECT_FALSE(good(text64(R"({"alg":"none"})") + "." + text64(kClaims) + "."));
    EXPECT_FALSE(good(text64(R"({"alg":"none"})") + "." + text64(kClaims) + ".eA"));
    EXPECT_FALSE(good(rsa_.token(R"({"alg":"HS256","kid":"r"})", kClaims)));
    EXPECT_FALSE(good(rsa_.token(R"({"alg":"ES256","kid":"r"})", kClaims)));
    EXPECT_FALSE(good(ec_.token(R"({"alg":"RS256","kid":"e"})", kClaims)));
    EXPECT_FALSE(good(rsa_.token(R"({"alg":"RS256","kid":"e"})", kClaims))) << "another's id";
    EXPECT_FALSE(good(rsa_.token("[]", kClaims)));
    EXPECT_FALSE(good(rsa_.token(R"({"alg":"RS256"})", "[]")));
    EXPECT_FALSE(good(std::string(100'000, 'a')));
    const TestKey stranger(2048);
    EXPECT_FALSE(good(stranger.token(R"({"alg":"RS256","kid":"r"})", kClaims)));
}

TEST_F(JwtTest, KeysThatWillNotDo) {
    const TestKey small(1024);
    const auto token = small.token(R"({"alg":"RS256"})", kClaims);
    EXPECT_FALSE(verify_jwt(token, json::object{{"keys", json::array{small.jwk("s")}}}));
    const auto right = rsa_.token(R"({"alg":"RS256"})", kClaims);
    auto encrypting = rsa_.jwk("r");
    encrypting["use"] = "enc";
    EXPECT_FALSE(verify_jwt(right, json::object{{"keys", json::array{encrypting}}}));
    for (const auto* keys : {"null", "[]", "{}", R"({"keys":1})", R"({"keys":[1,{}]})",
                             R"({"keys":[{"kty":"RSA","n":"","e":"!"}]})"})
        EXPECT_FALSE(verify_jwt(right, json::parse(keys))) << keys;
}

TEST(JwtClaims, EachHasToFit) {
    const ExpectedClaims expected{
        .issuer = "https://id", .audience = "hub", .nonce = "n", .now = 1'000'000'000'000};
    const auto check = [&](std::string_view name, json::value value) {
        json::object claims{{"iss", "https://id"}, {"aud", "hub"},         {"nonce", "n"},
                            {"sub", "mia"},        {"exp", 1'000'000'300}, {"iat", 1'000'000'000}};
        claims[name] = std::move(value);
        return check_claims(claims, expected).has_value();
    };
    EXPECT_TRUE(check("azp", "hub"));
    EXPECT_FALSE(check("iss", "https://other"));
    EXPECT_FALSE(check("aud", "other"));
    EXPECT_TRUE(check("aud", json::array{"hub"}));
    EXPECT_FALSE(check("aud", (json::array{"hub", "other"}))) << "who asked is not said";
    EXPECT_FALSE(check("aud", nullptr));
    EXPECT_FALSE(check("nonce", "m"));
    EXPECT_FALSE(check("nonce", nullptr));
    EXPECT_FALSE(check("sub", ""));
    EXPECT_FALSE(check("exp", 999'999'000));
    EXPECT_FALSE(check("exp", "soon"));
    EXPECT_FALSE(check("exp", 1e300));
    EXPECT_FALSE(check("iat", 1'000'001'000));
    EXPECT_FALSE(check("iat", nullptr));
}

}  // namespace
}  // namespace siahub::auth
