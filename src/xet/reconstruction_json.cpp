#include "xet/reconstruction_json.hpp"

#include <fmt/format.h>

namespace siahub::xet {

namespace {

// Enough for a term or a range without its URL.
constexpr std::size_t kBytesPerItem = 256;

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void append_hash(std::string& out, const Hash& hash) {
    out += '"';
    hash.append_hex(out);
    out += '"';
}

void append_span(std::string& out, std::string_view name, std::uint64_t start, std::uint64_t end) {
    fmt::format_to(std::back_inserter(out), R"("{}":{{"start":{},"end":{}}})", name, start, end);
}

void append_terms(std::string& out, std::span<const Segment> terms) {
    out += '[';
    for (const auto& term : terms) {
        out += R"({"hash":)";
        append_hash(out, term.xorb);
        fmt::format_to(std::back_inserter(out), R"(,"unpacked_length":{},)", term.unpacked_length);
        append_span(out, "range", term.chunk_start, term.chunk_end);
        out += "},";
    }
    if (out.back() == ',') out.pop_back();
    out += ']';
}

class UrlWriter {
  public:
    explicit UrlWriter(const AppendUrl& append_url) : append_url_(append_url) {}

    void append(std::string& out, const Hash& xorb, const ByteSpan& bytes) {
        url_.clear();
        append_url_(url_, xorb, bytes);
        out += R"("url":)";
        append_quoted(out, url_);
    }

  private:
    const AppendUrl& append_url_;
    std::string url_;
};

void append_entry_v1(std::string& out, const Hash& xorb, const FetchRange& range, UrlWriter& urls) {
    out += '{';
    append_span(out, "range", range.chunk_start, range.chunk_end);
    out += ',';
    urls.append(out, xorb, range.bytes);
    out += ',';
    append_span(out, "url_range", range.bytes.start, range.bytes.end - 1);
    out += '}';
}

void append_entry_v2(std::string& out, const Hash& xorb, const FetchRange& range, UrlWriter& urls) {
    out += '{';
    urls.append(out, xorb, range.bytes);
    out += R"(,"ranges":[{)";
    append_span(out, "chunks", range.chunk_start, range.chunk_end);
    out += ',';
    append_span(out, "bytes", range.bytes.start, range.bytes.end - 1);
    out += "}]}";
}

using AppendEntry = void (*)(std::string&, const Hash&, const FetchRange&, UrlWriter&);

void append_xorbs(std::string& out, std::span<const XorbFetch> xorbs, AppendEntry append_entry,
                  const AppendUrl& append_url) {
    UrlWriter urls(append_url);
    out += '{';
    for (const auto& fetch : xorbs) {
        append_hash(out, fetch.xorb);
        out += ":[";
        for (const auto& range : fetch.ranges) {
            append_entry(out, fetch.xorb, range, urls);
            out += ',';
        }
        out.back() = ']';
        out += ',';
    }
    if (out.back() == ',') out.pop_back();
    out += '}';
}

std::string render(const Reconstruction& plan, std::string_view xorbs_name,
                   AppendEntry append_entry, const AppendUrl& append_url) {
    std::string out;
    out.reserve(kBytesPerItem * (1 + plan.terms.size() + 2 * plan.xorbs.size()));
    fmt::format_to(std::back_inserter(out), R"({{"offset_into_first_range":{},"terms":)",
                   plan.offset_into_first_range);
    append_terms(out, plan.terms);
    fmt::format_to(std::back_inserter(out), R"(,"{}":)", xorbs_name);
    append_xorbs(out, plan.xorbs, append_entry, append_url);
    out += '}';
    return out;
}

}  // namespace

std::string render_v1(const Reconstruction& plan, const AppendUrl& append_url) {
    return render(plan, "fetch_info", append_entry_v1, append_url);
}

std::string render_v2(const Reconstruction& plan, const AppendUrl& append_url) {
    return render(plan, "xorbs", append_entry_v2, append_url);
}

std::string render_batch_v1(const BatchReconstruction& plan, const AppendUrl& append_url) {
    std::string out = R"({"files":{)";
    for (const auto& file : plan.files) {
        append_hash(out, file.file);
        out += ':';
        append_terms(out, file.terms);
        out += ',';
    }
    if (out.back() == ',') out.pop_back();
    out += R"(},"fetch_info":)";
    append_xorbs(out, plan.xorbs, append_entry_v1, append_url);
    out += '}';
    return out;
}

}  // namespace siahub::xet
