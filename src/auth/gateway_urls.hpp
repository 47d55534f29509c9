#pragma once
// The addresses that the gateway answers. Kept beside the signatures that open them, because cas
// writes them and gateway reads them.

#include "auth/url_signer.hpp"
#include "xet/reconstruction_json.hpp"

#include <string>
#include <string_view>

namespace siahub::auth {

// "{base}/gw/xorbs/{xorb}?…", one byte range of one xorb. The signer outlives the result.
xet::AppendUrl xorb_urls(const UrlSigner& signer, std::string base_url, UnixMillis expires);
// "{base}/gw/files/{file}/{name}?…", a whole file.
std::string file_url(const UrlSigner& signer, std::string_view base_url, const FileGrant& grant,
                     UnixMillis expires);

}  // namespace siahub::auth
