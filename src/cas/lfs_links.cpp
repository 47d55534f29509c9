#include "cas/lfs_links.hpp"

#include "core/encoding.hpp"

#include <charconv>

#include <fmt/format.h>

namespace siahub::cas {
namespace {

template <class Number>
bool parse_number(std::string_view text, Number& out) {
    const auto* begin = std::to_address(text.begin());
    const auto* end = std::to_address(text.end());
    const auto [stop, error] = std::from_chars(begin, end, out);
    return error == std::errc() && stop == end;
}

std::string subject_of(std::string_view action, std::string_view object) {
    return fmt::format("lfs-{}/{}", action, object);
}

Failure unusable() {
    return fail(Code::link_expired, "This link is not valid (any more)");
}

// Every link carries the repository, the object, its size and the user as signed fields.
Result<LfsGrant> granted(const auth::UrlFields& fields) {
    LfsGrant grant;
    if (!parse_number(auth::field(fields, "r"), grant.repo) ||
        !parse_number(auth::field(fields, "z"), grant.size) ||
        !parse_number(auth::field(fields, "u"), grant.user) ||
        !from_hex(auth::field(fields, "o"), grant.sha256))
        return unusable();
    // Links of before an upgrade have none.
    if (!parse_number(auth::field(fields, "k"), grant.key)) grant.key = 0;
    return grant;
}

Result<LfsGrant> object_grant(const auth::UrlSigner& signer, const http::Request& request,
                              std::string_view action) {
    const auto object = request.captures[0];
    auto grant = TRY(granted(TRY(signer.check(subject_of(action, object), request.query))));
    if (to_hex(grant.sha256) != object) return unusable();
    return grant;
}

Result<UploadGrant> upload_grant(const auth::UrlSigner& signer, const http::Request& request,
                                 std::string_view subject, std::uint32_t number) {
    const auto fields = TRY(signer.check(subject, request.query));
    return UploadGrant{.object = TRY(granted(fields)),
                       .node = std::string(auth::field(fields, "n")),
                       .upload = std::string(request.captures[0]),
                       .number = number};
}

}  // namespace

std::string LfsLinks::link(std::string_view path, std::string_view subject, const LfsGrant& grant,
                           std::string_view node) const {
    auto url = fmt::format("{}/api/lfs/{}?", base_url_, path);
    auth::UrlFields fields{{"r", std::to_string(grant.repo)},
                           {"o", to_hex(grant.sha256)},
                           {"z", std::to_string(grant.size)},
                           {"u", std::to_string(grant.user)},
                           {"k", std::to_string(grant.key)}};
    if (!node.empty()) fields.push_back({"n", std::string(node)});
    signer_.append(url, subject, fields, expires_);
    return url;
}

std::string LfsLinks::put(const LfsGrant& grant) const {
    const auto object = to_hex(grant.sha256);
    return link("objects/" + object, subject_of("put", object), grant);
}

std::string LfsLinks::get(const LfsGrant& grant) const {
    const auto object = to_hex(grant.sha256);
    return link("objects/" + object, subject_of("get", object), grant);
}

std::string LfsLinks::part(const LfsGrant& grant, std::string_view node, std::string_view upload,
                           std::uint32_t number) const {
    const auto path = fmt::format("uploads/{}/{}", upload, number);
    return link(path, subject_of("part", path), grant, node);
}

std::string LfsLinks::complete(const LfsGrant& grant, std::string_view node,
                               std::string_view upload) const {
    const auto path = fmt::format("uploads/{}", upload);
    return link(path, subject_of("complete", path), grant, node);
}

Result<LfsGrant> check_put(const auth::UrlSigner& signer, const http::Request& request) {
    return object_grant(signer, request, "put");
}

Result<LfsGrant> check_get(const auth::UrlSigner& signer, const http::Request& request) {
    return object_grant(signer, request, "get");
}

Result<UploadGrant> check_part(const auth::UrlSigner& signer, const http::Request& request) {
    std::uint32_t number = 0;
    if (!parse_number(request.captures[1], number)) return unusable();
    const auto path = fmt::format("uploads/{}/{}", request.captures[0], number);
    return upload_grant(signer, request, subject_of("part", path), number);
}

Result<UploadGrant> check_complete(const auth::UrlSigner& signer, const http::Request& request) {
    const auto path = fmt::format("uploads/{}", request.captures[0]);
    return upload_grant(signer, request, subject_of("complete", path), 0);
}

}  // namespace siahub::cas
