#pragma once
// What other processes of this deployment ask, each call with a token that only they can make
// (auth/internal_token). About repositories of other hubs (hub/mirrors), for hf-proxy:
//
//   POST /internal/xet-token     {"repository", "scope": "read" | "write", "expires"?}
//                             -> {"accessToken", "exp"}
//   POST /internal/mirror-files  {"repository", "files": [{"sha256", "name"?, "type"?}]}
//                             -> {"files": [{"sha256", "size", "xetHash", "url"}]}, those it has
//
// The caller has made sure that whoever it asks for may read or write the repository at its hub.

#include "cas/endpoint.hpp"

namespace siahub::cas {

inline constexpr std::string_view kXetTokenRoute = "/internal/xet-token";
inline constexpr std::string_view kMirrorFilesRoute = "/internal/mirror-files";

Answer internal_xet_token(const Services& services, http::Request& request);
Answer internal_mirror_files(const Services& services, http::Request& request);

}  // namespace siahub::cas
