#pragma once
// What a request to a hub is about, as far as hf-proxy cares. Whatever is not recognised is passed
// on as it is. Pure.

#include "http/message.hpp"
#include "http/origin.hpp"

#include <string>
#include <string_view>

namespace siahub::hf_proxy {

enum class Kind {
    other,
    read_token,      // GET /api/models/ns/name/xet-read-token/{rev}
    write_token,     // GET /api/models/ns/name/xet-write-token/{rev}
    own_read_token,  // GET /.siahub/xet-read-token/models/ns/name/{rev}
    lfs_batch,       // POST /ns/name.git/info/lfs/objects/batch
    resolve,         // GET or HEAD /ns/name/resolve/{rev}/{path}
    named_address,   // answers with the repository's address in its JSON: create, move, commit
};

// The route of read tokens for files that SiaHub holds. The upstream's own stays what it is, so
// that files in its storage can be read with its tokens.
inline constexpr std::string_view kOwnReadTokens = "/.siahub/xet-read-token/";

struct RepoName {
    std::string plural;  // "models", "datasets", "spaces"
    std::string ns, name;

    // "models/ns/name"
    [[nodiscard]] std::string path() const { return plural + "/" + ns + "/" + name; }
};

struct Target {
    Kind kind = Kind::other;
    RepoName repo;
    std::string_view rest;  // of the raw path: the revision, or revision and file
};

// `path` is raw, without query, and outlives the result.
Target classify(http::Method method, std::string_view path);

}  // namespace siahub::hf_proxy
