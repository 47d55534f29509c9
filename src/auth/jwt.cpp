#include "auth/jwt.hpp"

#include "core/encoding.hpp"
#include "crypto/digest.hpp"

#include <memory>

#include <boost/json.hpp>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace siahub::auth {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxToken = 64 * 1024;
constexpr int kMinRsaBits = 2048;
constexpr std::size_t kCoordinate = 32;  // of P-256
constexpr UnixMillis kSkew = 60'000;

template <auto free_it>
struct Freeing {
    template <class T>
    void operator()(T* pointer) const {
        free_it(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Freeing<BN_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;

Failure bad(std::string_view why) {
    return fail(Code::unprocessable, "The ID token " + std::string(why));
}

const unsigned char* raw(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

Number number(ByteView bytes) {
    return Number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::string text_at(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

Result<json::object> decoded_object(std::string_view part) {
    const auto bytes = from_base64url(part);
    if (!bytes) return bad("is not base64url");
    json::error_code error;
    auto value = json::parse(as_chars(*bytes), error);
    if (error || !value.is_object()) return bad("is not of JSON objects");
    return std::move(value).as_object();
}

Key make_key(const char* type, OSSL_PARAM_BLD* builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder));
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) <= 0)
        return nullptr;
    return Key(key);
}

Key rsa_key(const json::object& jwk) {
    const auto n = from_base64url(text_at(jwk, "n"));
    const auto e = from_base64url(text_at(jwk, "e"));
    if (!n || !e || n->empty() || e->empty()) return nullptr;
    const auto modulus = number(*n);
    const auto exponent = number(*e);
    const Builder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    auto key = make_key("RSA", builder.get());
    if (!key || EVP_PKEY_get_bits(key.get()) < kMinRsaBits) return nullptr;
    return key;
}

Key ec_key(const json::object& jwk) {
    const auto x = from_base64url(text_at(jwk, "x"));
    const auto y = from_base64url(text_at(jwk, "y"));
    if (text_at(jwk, "crv") != "P-256" || !x || !y || x->size() != kCoordinate ||
        y->size() != kCoordinate)
        return nullptr;
    Bytes point{std::byte{4}};  // uncompressed
    point.insert(point.end(), x->begin(), x->end());
    point.insert(point.end(), y->begin(), y->end());
    const Builder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    return make_key("EC", builder.get());
}

// JWS has r and s side by side, OpenSSL wants them in DER.
Bytes der_signature(ByteView raw_signature) {
    if (raw_signature.size() != 2 * kCoordinate) return {};
    const Signature signature(ECDSA_SIG_new());
    auto r = number(raw_signature.first(kCoordinate));
    auto s = number(raw_signature.last(kCoordinate));
    ECDSA_SIG_set0(signature.get(), r.release(), s.release());
    unsigned char* der = nullptr;
    const auto size = i2d_ECDSA_SIG(signature.get(), &der);
    if (size <= 0) return {};
    const auto bytes = std::as_bytes(std::span(der, static_cast<std::size_t>(size)));
    Bytes copy(bytes.begin(), bytes.end());
    OPENSSL_free(der);
    return copy;
}

bool verifies(EVP_PKEY* key, std::string_view text, ByteView signature) {
    const Digest context(EVP_MD_CTX_new());
    const auto message = as_bytes(text);
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) > 0 &&
           EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message),
                            message.size()) == 1;
}

struct Signed {
    std::string_view text;
    Bytes signature;
    std::string algorithm, key_id;
};

bool signed_by(const json::object& jwk, const Signed& token) {
    if (!token.key_id.empty() && text_at(jwk, "kid") != token.key_id) return false;
    if (const auto use = text_at(jwk, "use"); !use.empty() && use != "sig") return false;
    if (const auto algorithm = text_at(jwk, "alg");
        !algorithm.empty() && algorithm != token.algorithm)
        return false;
    const bool rsa = token.algorithm == "RS256";
    if (text_at(jwk, "kty") != (rsa ? "RSA" : "EC")) return false;
    const auto key = rsa ? rsa_key(jwk) : ec_key(jwk);
    if (!key) return false;
    const auto signature = rsa ? token.signature : der_signature(token.signature);
    return !signature.empty() && verifies(key.get(), token.text, signature);
}

std::optional<std::int64_t> seconds_at(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    json::error_code error;
    const auto seconds = value->to_number<double>(error);
    if (error || !(seconds >= 0 && seconds < 1e11)) return std::nullopt;
    return static_cast<std::int64_t>(seconds);
}

bool is_meant_for(const json::object& claims, std::string_view audience) {
    const auto* value = claims.if_contains("aud");
    if (value == nullptr) return false;
    if (value->is_string()) return std::string_view(value->get_string()) == audience;
    if (!value->is_array()) return false;
    const auto& list = value->get_array();
    const bool named = std::ranges::any_of(list, [&](const json::value& item) {
        return item.is_string() && std::string_view(item.get_string()) == audience;
    });
    return named && (list.size() == 1 || text_at(claims, "azp") == audience);
}

}  // namespace

Result<json::object> verify_jwt(std::string_view token, const json::value& jwks) {
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (token.size() > kMaxToken || first == std::string_view::npos || first == last ||
        token.find('.', first + 1) != last)
        return bad("does not have three parts");
    const auto header = TRY(decoded_object(token.substr(0, first)));
    auto claims = TRY(decoded_object(token.substr(first + 1, last - first - 1)));
    auto signature = from_base64url(token.substr(last + 1));
    if (!signature || signature->empty()) return bad("has no signature");
    const Signed signed_token{token.substr(0, last), *std::move(signature), text_at(header, "alg"),
                              text_at(header, "kid")};
    if (signed_token.algorithm != "RS256" && signed_token.algorithm != "ES256")
        return bad("is not signed with RS256 or ES256");
    const auto* object = jwks.if_object();
    const auto* keys = object != nullptr ? object->if_contains("keys") : nullptr;
    if (keys == nullptr || !keys->is_array()) return bad("cannot be checked: there are no keys");
    for (const auto& key : keys->get_array())
        if (key.is_object() && signed_by(key.get_object(), signed_token)) return claims;
    return bad("is signed by none of the provider's keys");
}

Result<void> check_claims(const json::object& claims, const ExpectedClaims& expected) {
    if (text_at(claims, "iss") != expected.issuer) return bad("is of another issuer");
    if (!is_meant_for(claims, expected.audience)) return bad("is meant for another program");
    const auto expires = seconds_at(claims, "exp");
    if (!expires || *expires * 1000 <= expected.now - kSkew) return bad("has expired");
    const auto issued = seconds_at(claims, "iat");
    if (!issued || *issued * 1000 > expected.now + kSkew) return bad("is of the future");
    const auto nonce = text_at(claims, "nonce");
    if (!constant_time_equal(as_bytes(nonce), as_bytes(expected.nonce)))
        return bad("answers another question");
    if (text_at(claims, "sub").empty()) return bad("names nobody");
    return {};
}

}  // namespace siahub::auth
