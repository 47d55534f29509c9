#pragma once
// The signed addresses of LFS transfers. A link says which object of which repository may be sent
// or fetched, and nothing else.

#include "auth/url_signer.hpp"
#include "core/ids.hpp"
#include "crypto/digest.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace siahub::cas {

struct LfsGrant {
    RowId repo = 0;
    Sha256 sha256{};
    std::uint64_t size = 0;
    RowId user = 0;  // whom the bytes are put down to; 0: nobody
    RowId key = 0;   // by which he came; 0: none
};

class LfsLinks {
  public:
    LfsLinks(const auth::UrlSigner& signer, std::string_view base_url, UnixMillis expires)
        : signer_(signer), base_url_(base_url), expires_(expires) {}

    [[nodiscard]] std::string put(const LfsGrant& grant) const;
    [[nodiscard]] std::string get(const LfsGrant& grant) const;
    // `upload` lies on the disk of `node`.
    [[nodiscard]] std::string part(const LfsGrant& grant, std::string_view node,
                                   std::string_view upload, std::uint32_t number) const;
    [[nodiscard]] std::string complete(const LfsGrant& grant, std::string_view node,
                                       std::string_view upload) const;

  private:
    [[nodiscard]] std::string link(std::string_view path, std::string_view subject,
                                   const LfsGrant& grant, std::string_view node = {}) const;

    const auth::UrlSigner& signer_;
    std::string_view base_url_;
    UnixMillis expires_;
};

// What the link of this request grants. Errors: link_expired.
Result<LfsGrant> check_put(const auth::UrlSigner& signer, const http::Request& request);
Result<LfsGrant> check_get(const auth::UrlSigner& signer, const http::Request& request);

struct UploadGrant {
    LfsGrant object;
    std::string node;
    std::string upload;
    std::uint32_t number = 0;  // of a part
};
Result<UploadGrant> check_part(const auth::UrlSigner& signer, const http::Request& request);
Result<UploadGrant> check_complete(const auth::UrlSigner& signer, const http::Request& request);

}  // namespace siahub::cas
