#pragma once
// Signed URLs: whoever holds one may do one thing until it expires, without credentials. The query
// string carries the fields, the expiry, the key id and an HMAC-SHA256 over all of it and over a
// subject that the receiver takes from the path, so that a signature cannot move to another object:
//   <field>=<value>&…&e=<unix seconds>&k=<key id>&s=<base64url>
// The HMAC covers decoded values, so a client that re-encodes the query breaks nothing. Whatever is
// wrong with a URL is Code::link_expired: clients then ask for a new one. Thread-safe.

#include "auth/live_key_ring.hpp"
#include "core/clock.hpp"
#include "core/ids.hpp"
#include "xet/reconstruction.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace siahub::auth {

// Names are short, lower case, none of "e", "k", "s", and in the order they were signed in.
struct UrlField {
    std::string name;
    std::string value;
};
using UrlFields = std::vector<UrlField>;

// A whole file through the gateway, and what its answer should say.
struct FileGrant {
    RowId repo = 0;
    xet::Hash file;
    std::string file_name;
    std::string content_type;
    std::string etag;
};

class UrlSigner {
  public:
    UrlSigner(LiveKeyRing keys, const Clock& clock);

    // Appends the query (no '?'). The subject names kind and object: "lfs-put/<repo>/<sha256>".
    void append(std::string& out, std::string_view subject, const UrlFields& fields,
                UnixMillis expires) const;
    [[nodiscard]] Result<UrlFields> check(std::string_view subject, std::string_view query) const;

    // Exactly these byte ranges of a xorb's records.
    void append_xorb(std::string& out, const xet::Hash& xorb, std::span<const xet::ByteSpan> ranges,
                     UnixMillis expires) const;
    [[nodiscard]] Result<std::vector<xet::ByteSpan>> check_xorb(const xet::Hash& xorb,
                                                                std::string_view query) const;

    void append_file(std::string& out, const FileGrant& grant, UnixMillis expires) const;
    [[nodiscard]] Result<FileGrant> check_file(const xet::Hash& file, std::string_view query) const;

  private:
    LiveKeyRing keys_;
    const Clock& clock_;
};

// The value of a field, or empty.
std::string_view field(const UrlFields& fields, std::string_view name);

}  // namespace siahub::auth
