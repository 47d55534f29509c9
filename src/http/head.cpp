#include "http/head.hpp"

#include "http/head_lines.hpp"

#include <algorithm>
#include <charconv>

#include <boost/beast/http/basic_parser.hpp>

namespace siahub::http {

namespace {

namespace beast = boost::beast;
using beast::http::field;
using HeadResult = std::expected<void, HeadError>;

constexpr std::size_t kMaxFields = 200;

std::unexpected<HeadError> refuse(unsigned status, std::string_view reason) {
    return std::unexpected(HeadError{status, reason});
}

Method to_method(beast::http::verb verb) {
    using beast::http::verb;
    switch (verb) {
        case verb::get:
            return Method::get;
        case verb::head:
            return Method::head;
        case verb::post:
            return Method::post;
        case verb::put:
            return Method::put;
        case verb::patch:
            return Method::patch;
        case verb::delete_:
            return Method::del;
        case verb::options:
            return Method::options;
        default:
            return Method::other;
    }
}

// What the framing rules need beyond the fields themselves.
struct Seen {
    unsigned hosts = 0;
    unsigned lengths = 0;
    unsigned codings = 0;
    std::string_view length;
    std::string_view coding;
    std::string_view expect;
};

class Parser final : public beast::http::basic_parser<true> {
  public:
    explicit Parser(RequestHead& head) : head_(head) {
        skip(true);
        body_limit(boost::none);
    }

    Seen seen;
    int version = 11;

  private:
    using ErrorCode = beast::error_code;
    using Text = beast::string_view;

    static std::string_view view(Text text) { return {text.data(), text.size()}; }

    void on_request_impl(beast::http::verb verb, Text, Text target, int number,
                         ErrorCode& error) override {
        error = {};
        head_.method = to_method(verb);
        head_.target.assign(target.data(), target.size());
        version = number;
    }

    void on_field_impl(field name, Text name_text, Text value_text, ErrorCode& error) override {
        error = {};
        const auto value = view(value_text);
        if (name == field::host) {
            ++seen.hosts;
            head_.host = value;
        } else if (name == field::content_length) {
            ++seen.lengths;
            seen.length = value;
        } else if (name == field::transfer_encoding) {
            ++seen.codings;
            seen.coding = value;
        } else if (name == field::expect) {
            seen.expect = value;
        }
        if (head_.headers.size() == kMaxFields) {
            error = beast::http::make_error_code(beast::http::error::header_limit);
            return;
        }
        head_.headers.add(view(name_text), value);
    }

    void on_response_impl(int, Text, int, ErrorCode& error) override { error = {}; }
    void on_header_impl(ErrorCode& error) override { error = {}; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode& error) override {
        error = {};
    }
    std::size_t on_body_impl(Text body, ErrorCode& error) override {
        error = {};
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, Text, ErrorCode& error) override { error = {}; }
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode& error) override {
        error = {};
        return body.size();
    }
    void on_finish_impl(ErrorCode& error) override { error = {}; }

    RequestHead& head_;
};

HeadResult decide_framing(const Seen& seen, RequestHead& head) {
    if (seen.codings > 0) {
        if (seen.lengths > 0) return refuse(400, "both Content-Length and Transfer-Encoding");
        if (seen.codings > 1 || head.http_1_0 || !equals_ignoring_case(seen.coding, "chunked"))
            return refuse(400, "unknown transfer coding");
        head.chunked = true;
    } else if (seen.lengths > 0) {
        const char* const begin = seen.length.data();
        const char* const end = begin + seen.length.size();
        const auto [stop, error] = std::from_chars(begin, end, head.content_length);
        const bool digits =
            std::ranges::all_of(seen.length, [](char c) { return c >= '0' && c <= '9'; });
        if (seen.lengths > 1 || seen.length.empty() || !digits || error != std::errc{} ||
            stop != end)
            return refuse(400, "malformed Content-Length");
    }
    return {};
}

bool is_host_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._~!$&'()*+,;=%:[]").contains(c);
}

HeadResult check_host(const Seen& seen, const RequestHead& head) {
    if (seen.hosts > 1) return refuse(400, "more than one Host");
    if (seen.hosts == 0 && head.http_1_0) return {};
    if (seen.hosts == 0) return refuse(400, "no Host");
    if (head.host.empty() || head.host.size() > 261 ||
        !std::ranges::all_of(head.host, is_host_char))
        return refuse(400, "malformed Host");
    return {};
}

// Splits the target; an absolute one (RFC 9112 §3.2.2) also names the host.
HeadResult split_target(RequestHead& head) {
    std::string_view rest = head.target;
    if (rest.starts_with("http://") || rest.starts_with("https://")) {
        rest.remove_prefix(rest.find("//") + 2);
        const auto end = std::min(rest.find_first_of("/?"), rest.size());
        head.host = rest.substr(0, end);
        if (head.host.empty() || !std::ranges::all_of(head.host, is_host_char))
            return refuse(400, "malformed target");
        rest.remove_prefix(end);
        if (!rest.starts_with('/')) {  // "http://host?query" means the path "/"
            head.target = '/' + std::string(rest);
            rest = head.target;
        }
    } else if (rest == "*" && head.method == Method::options) {
        head.path = rest;
        return {};
    } else if (!rest.starts_with('/')) {
        return refuse(400, "malformed target");
    }
    if (rest.contains('#')) return refuse(400, "fragment in the target");
    const auto question = rest.find('?');
    head.path = rest.substr(0, question);
    head.query = question == std::string_view::npos ? "" : rest.substr(question + 1);
    return {};
}

HeadResult check_expect(const Seen& seen, RequestHead& head) {
    if (seen.expect.empty()) return {};
    if (!equals_ignoring_case(seen.expect, "100-continue"))
        return refuse(417, "unknown expectation");
    head.expects_continue = !head.http_1_0 && (head.chunked || head.content_length > 0);
    return {};
}

// "METHOD target HTTP/d.d": a well-formed line of a version that is not spoken here.
bool names_a_version(std::string_view bytes) {
    const auto line = bytes.substr(0, bytes.find("\r\n"));
    if (std::ranges::count(line, ' ') != 2) return false;
    const auto version = line.substr(line.rfind(' ') + 1);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
           version[6] == '.' && is_digit(version[7]);
}

HeadResult refuse_beast(const beast::error_code& error, std::string_view bytes) {
    using Problem = beast::http::error;
    if (error == Problem::header_limit) return refuse(431, "too many header fields");
    if (error == Problem::bad_version && names_a_version(bytes))
        return refuse(505, "unknown HTTP version");
    return refuse(400, "malformed head");
}

}  // namespace

void RequestHead::clear() {
    method = Method::get;
    target.clear();
    path = {};
    query = {};
    host.clear();
    http_1_0 = false;
    keep_alive = true;
    expects_continue = false;
    chunked = false;
    content_length = 0;
    headers.clear();
}

std::size_t find_head_end(std::string_view bytes, std::size_t scanned) {
    const auto at = bytes.find("\r\n\r\n", scanned < 3 ? 0 : scanned - 3);
    return at == std::string_view::npos ? at : at + 4;
}

std::expected<void, HeadError> parse_head(std::string_view bytes, RequestHead& head) {
    head.clear();
    if (const auto flaw = flaw_in_lines(bytes)) return refuse(400, *flaw);
    Parser parser(head);
    parser.header_limit(static_cast<std::uint32_t>(bytes.size() + 1));
    beast::error_code error;
    const auto used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error) return refuse_beast(error, bytes);
    if (!parser.is_header_done() || used != bytes.size()) return refuse(400, "malformed head");
    if (parser.version != 10 && parser.version != 11) return refuse(505, "unknown HTTP version");
    head.http_1_0 = parser.version == 10;
    head.keep_alive = parser.keep_alive();
    if (auto host = check_host(parser.seen, head); !host) return host;
    if (auto target = split_target(head); !target) return target;
    if (auto framing = decide_framing(parser.seen, head); !framing) return framing;
    return check_expect(parser.seen, head);
}

}  // namespace siahub::http
