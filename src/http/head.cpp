#include "http/head.hpp"

#include "http/head_lines.hpp"
#include "http/head_parser.hpp"

#include <algorithm>

namespace siahub::http {

namespace {

namespace beast = boost::beast;
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

class Parser final : public HeadParser<true> {
  public:
    explicit Parser(RequestHead& head) : HeadParser(head.headers, kMaxFields), head_(head) {}

    unsigned hosts = 0;
    std::string_view expect;

  private:
    void on_request_impl(beast::http::verb verb, Text, Text target, int number,
                         ErrorCode& error) override {
        error = {};
        head_.method = to_method(verb);
        head_.target.assign(target.data(), target.size());
        version = number;
    }

    void on_field_impl(Field name, Text name_text, Text value_text, ErrorCode& error) override {
        if (name == Field::host) {
            ++hosts;
            head_.host = view(value_text);
        } else if (name == Field::expect) {
            expect = view(value_text);
        }
        HeadParser::on_field_impl(name, name_text, value_text, error);
    }

    RequestHead& head_;
};

HeadResult take_framing(const FramingFields& fields, RequestHead& head) {
    const auto framing = decide_framing(fields, !head.http_1_0);
    if (!framing) return refuse(400, framing.error());
    head.chunked = framing->chunked;
    head.content_length = framing->length.value_or(0);
    return {};
}

bool is_host_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._~!$&'()*+,;=%:[]").contains(c);
}

HeadResult check_host(unsigned hosts, const RequestHead& head) {
    if (hosts > 1) return refuse(400, "more than one Host");
    if (hosts == 0 && head.http_1_0) return {};
    if (hosts == 0) return refuse(400, "no Host");
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

HeadResult check_expect(std::string_view expect, RequestHead& head) {
    if (expect.empty()) return {};
    if (!equals_ignoring_case(expect, "100-continue")) return refuse(417, "unknown expectation");
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
    beast::error_code error;
    if (!parser.take(bytes, error)) return refuse_beast(error, bytes);
    if (parser.version != 10 && parser.version != 11) return refuse(505, "unknown HTTP version");
    head.http_1_0 = parser.version == 10;
    head.keep_alive = parser.keep_alive();
    if (auto host = check_host(parser.hosts, head); !host) return host;
    if (auto target = split_target(head); !target) return target;
    if (auto framing = take_framing(parser.framing, head); !framing) return framing;
    return check_expect(parser.expect, head);
}

}  // namespace siahub::http
