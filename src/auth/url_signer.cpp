#include "auth/url_signer.hpp"

#include "core/encoding.hpp"
#include "crypto/digest.hpp"

#include <charconv>

namespace siahub::auth {
namespace {

constexpr std::size_t kMaxQuery = 16 * 1024;
constexpr std::size_t kMaxFields = 16;

Failure refuse() {
    return fail(Code::link_expired, "The link is not valid or has expired. Ask for a new one.");
}

std::optional<std::int64_t> parse_number(std::string_view text) {
    std::int64_t value = 0;
    const auto* start = text.data();
    const auto* end = start + text.size();
    const auto [stop, error] = std::from_chars(start, end, value);
    if (error != std::errc{} || stop != end || value < 0) return std::nullopt;
    return value;
}

// Lengths before contents: no two lists of strings have one encoding.
void add(std::string& message, std::string_view part) {
    message += std::to_string(part.size());
    message += ':';
    message += part;
}

Sha256 mac_of(const SigningKey& key, std::string_view subject, const UrlFields& fields,
              std::string_view expires) {
    std::string message;
    add(message, subject);
    for (const UrlField& item : fields) {
        add(message, item.name);
        add(message, item.value);
    }
    add(message, key.id);
    add(message, expires);
    return hmac_sha256(key.secret, as_bytes(message));
}

// Decoded name=value pairs in order.
std::optional<UrlFields> parse_query(std::string_view query) {
    UrlFields fields;
    if (query.size() > kMaxQuery) return std::nullopt;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || fields.size() == kMaxFields) return std::nullopt;
        auto value = percent_decode(pair.substr(equals + 1));
        if (!value) return std::nullopt;
        fields.push_back({std::string(pair.substr(0, equals)), std::move(*value)});
    }
    return fields;
}

std::string take(UrlFields& fields, std::string_view name) {
    if (fields.empty() || fields.back().name != name) return {};
    auto value = std::move(fields.back().value);
    fields.pop_back();
    return value;
}

std::string xorb_subject(const xet::Hash& xorb) {
    return "xorb/" + xorb.hex();
}

std::string file_subject(const xet::Hash& file) {
    return "file/" + file.hex();
}

// "0-99_200-299": inclusive as in a Range header, and made of characters nobody re-encodes.
std::string render_ranges(std::span<const xet::ByteSpan> ranges) {
    std::string text;
    for (const xet::ByteSpan& range : ranges) {
        if (!text.empty()) text += '_';
        text += std::to_string(range.start) + "-" + std::to_string(range.end - 1);
    }
    return text;
}

std::optional<std::vector<xet::ByteSpan>> parse_ranges(std::string_view text) {
    std::vector<xet::ByteSpan> ranges;
    while (!text.empty()) {
        const auto item = text.substr(0, text.find('_'));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        const auto dash = item.find('-');
        if (dash == std::string_view::npos) return std::nullopt;
        const auto first = parse_number(item.substr(0, dash));
        const auto last = parse_number(item.substr(dash + 1));
        if (!first || !last || *last < *first) return std::nullopt;
        ranges.push_back({.start = static_cast<std::uint64_t>(*first),
                          .end = static_cast<std::uint64_t>(*last) + 1});
    }
    return ranges;
}

}  // namespace

std::string_view field(const UrlFields& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &UrlField::name);
    return found == fields.end() ? std::string_view{} : found->value;
}

UrlSigner::UrlSigner(LiveKeyRing keys, const Clock& clock)
    : keys_(std::move(keys)), clock_(clock) {}

void UrlSigner::append(std::string& out, std::string_view subject, const UrlFields& fields,
                       UnixMillis expires) const {
    const auto keys = keys_.keys(Purpose::url);
    const SigningKey& key = keys->front();
    const auto seconds = std::to_string(expires / 1000);
    for (const UrlField& item : fields) {
        out += item.name;
        out += '=';
        out += percent_encode(item.value);
        out += '&';
    }
    out += "e=" + seconds + "&k=" + key.id;
    out += "&s=" + to_base64url(mac_of(key, subject, fields, seconds));
}

Result<UrlFields> UrlSigner::check(std::string_view subject, std::string_view query) const {
    auto fields = parse_query(query);
    if (!fields) return refuse();
    const auto mac = from_base64url(take(*fields, "s"));
    const auto key_id = take(*fields, "k");
    const auto expires = take(*fields, "e");
    const auto keys = keys_.keys(Purpose::url);
    const auto key = std::ranges::find(*keys, key_id, &SigningKey::id);
    if (!mac || key == keys->end()) return refuse();
    if (!constant_time_equal(mac_of(*key, subject, *fields, expires), *mac)) return refuse();
    const auto seconds = parse_number(expires);
    if (!seconds || clock_.now() / 1000 > *seconds) return refuse();
    return std::move(*fields);
}

void UrlSigner::append_xorb(std::string& out, const xet::Hash& xorb,
                            std::span<const xet::ByteSpan> ranges, UnixMillis expires) const {
    append(out, xorb_subject(xorb), {{"r", render_ranges(ranges)}}, expires);
}

Result<std::vector<xet::ByteSpan>> UrlSigner::check_xorb(const xet::Hash& xorb,
                                                         std::string_view query) const {
    const auto fields = TRY(check(xorb_subject(xorb), query));
    auto ranges = parse_ranges(field(fields, "r"));
    if (!ranges) return refuse();
    return std::move(*ranges);
}

void UrlSigner::append_file(std::string& out, const FileGrant& grant, UnixMillis expires) const {
    append(out, file_subject(grant.file),
           {{"repo", std::to_string(grant.repo)},
            {"name", grant.file_name},
            {"type", grant.content_type},
            {"etag", grant.etag}},
           expires);
}

Result<FileGrant> UrlSigner::check_file(const xet::Hash& file, std::string_view query) const {
    const auto fields = TRY(check(file_subject(file), query));
    const auto repo = parse_number(field(fields, "repo"));
    if (!repo) return refuse();
    return FileGrant{.repo = *repo,
                     .file = file,
                     .file_name = std::string(field(fields, "name")),
                     .content_type = std::string(field(fields, "type")),
                     .etag = std::string(field(fields, "etag"))};
}

}  // namespace siahub::auth
