#include "sia/indexd/signing.hpp"

#include "core/bytes.hpp"
#include "crypto/blake2b.hpp"
#include "sia/encoding.hpp"

#include <charconv>

namespace siahub::sia::indexd {
namespace {

std::string padded_base64url(ByteView bytes) {
    auto text = to_base64url(bytes);
    text.resize((text.size() + 3) / 4 * 4, '=');
    return text;
}

// In a query '=' is %3D and what else base64url needs stands for itself.
std::string query_value(ByteView bytes) {
    return percent_encode(padded_base64url(bytes));
}

template <class T>
bool parse_value(std::string_view query, std::string_view name, T& out) {
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto field = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (!field.starts_with(name) || !field.substr(name.size()).starts_with('=')) continue;
        auto text = percent_decode(field.substr(name.size() + 1));
        if (!text) return false;
        text->erase(text->find_last_not_of('=') + 1);
        const auto bytes = from_base64url(*text);
        if (!bytes || bytes->size() != T::kSize) return false;
        std::ranges::copy(*bytes, out.bytes.begin());
        return true;
    }
    return false;
}

bool parse_time(std::string_view query, std::int64_t& out) {
    const auto at = query.starts_with("sv=") ? 0 : query.find("&sv=");
    if (at == std::string_view::npos) return false;
    auto text = query.substr(at + (at == 0 ? 3 : 4));
    text = text.substr(0, text.find('&'));
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && rest == text.data() + text.size();
}

Hash256 finish(Blake2b& hasher) {
    return {hasher.finish()};
}

}  // namespace

Hash256 request_hash(const SignedParts& parts) {
    Bytes until;
    append_le(until, static_cast<std::uint64_t>(parts.valid_until));
    Blake2b hasher;
    for (const auto part : {parts.method, parts.authority, parts.path})
        hasher.update(as_bytes(part));
    hasher.update(until);
    hasher.update(as_bytes(parts.body));
    return finish(hasher);
}

std::string signed_query(const SignedParts& parts, const Ed25519PrivateKey& key) {
    const auto signature = sign_hash(key, request_hash(parts));
    return "sv=" + std::to_string(parts.valid_until) +
           "&sc=" + query_value(public_key_of(key).view()) + "&ss=" + query_value(signature.view());
}

Result<PublicKey> verify_signed_query(SignedParts parts, std::string_view query, std::int64_t now) {
    PublicKey key;
    Signature signature;
    if (!parse_time(query, parts.valid_until) || !parse_value(query, "sc", key) ||
        !parse_value(query, "ss", signature))
        return fail(Code::unauthorized,
                    "missing required query parameters: \"sc\", \"ss\", \"sv\"");
    if (parts.valid_until < now || !verify_hash(key, request_hash(parts), signature))
        return fail(Code::unauthorized, "invalid signature for \"" + std::string(parts.method) +
                                            "\" host \"" + std::string(parts.authority) +
                                            std::string(parts.path) + "\"");
    return key;
}

Hash256 register_hash(const PublicKey& ephemeral, std::string_view request_id) {
    Blake2b hasher;
    hasher.update(as_bytes("registerAppKey"));
    hasher.update(ephemeral.view());
    hasher.update(as_bytes(request_id));
    return finish(hasher);
}

Hash256 preauthorization_hash(const PublicKey& ephemeral, const AppInfo& app,
                              const PublicKey& preauthorized) {
    Encoder out;
    out.string("indexd/preauthorize-app/v1");
    out.fixed(ephemeral);
    out.fixed(app.id);
    for (const auto* text :
         {&app.name, &app.description, &app.logo_url, &app.service_url, &app.callback_url})
        out.string(*text);
    out.fixed(preauthorized);
    return {blake2b_256(out.view())};
}

}  // namespace siahub::sia::indexd
