#include "auth/gateway_urls.hpp"

#include "core/encoding.hpp"

namespace siahub::auth {

xet::AppendUrl xorb_urls(const UrlSigner& signer, std::string base_url, UnixMillis expires) {
    return [&signer, base = std::move(base_url), expires](std::string& out, const xet::Hash& xorb,
                                                          const xet::ByteSpan& bytes) {
        out += base;
        out += "/gw/xorbs/";
        xorb.append_hex(out);
        out += '?';
        signer.append_xorb(out, xorb, std::span(&bytes, 1), expires);
    };
}

std::string file_url(const UrlSigner& signer, std::string_view base_url, const FileGrant& grant,
                     UnixMillis expires) {
    auto url = std::string(base_url) + "/gw/files/" + grant.file.hex() + "/" +
               percent_encode(grant.file_name) + "?";
    signer.append_file(url, grant, expires);
    return url;
}

}  // namespace siahub::auth
