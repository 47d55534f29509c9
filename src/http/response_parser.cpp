#include "http/response_parser.hpp"

#include "http/head_lines.hpp"

#include <algorithm>
#include <charconv>

#include <boost/beast/http/basic_parser.hpp>

namespace siahub::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;

constexpr std::size_t kMaxFields = 500;

Failure refuse(std::string_view reason) {
    return fail(Code::unavailable, "malformed answer: " + std::string(reason));
}

// What the framing rules need beyond the fields themselves.
struct Seen {
    unsigned lengths = 0;
    unsigned codings = 0;
    std::string_view length;
    std::string_view coding;
};

class Parser final : public beast::http::basic_parser<false> {
  public:
    explicit Parser(ResponseHead& head) : head_(head) {
        skip(true);
        body_limit(boost::none);
    }

    Seen seen;
    int version = 11;

  private:
    using ErrorCode = beast::error_code;
    using Text = beast::string_view;

    static std::string_view view(Text text) { return {text.data(), text.size()}; }

    void on_response_impl(int code, Text, int number, ErrorCode& error) override {
        error = {};
        head_.status = static_cast<unsigned>(code);
        version = number;
    }
    void on_field_impl(field name, Text name_text, Text value_text, ErrorCode& error) override {
        error = {};
        const auto value = view(value_text);
        if (name == field::content_length) {
            ++seen.lengths;
            seen.length = value;
        } else if (name == field::transfer_encoding) {
            ++seen.codings;
            seen.coding = value;
        }
        if (head_.headers.size() == kMaxFields) {
            error = beast::http::make_error_code(beast::http::error::header_limit);
            return;
        }
        head_.headers.add(view(name_text), value);
    }

    void on_request_impl(beast::http::verb, Text, Text, int, ErrorCode& error) override {
        error = {};
    }
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

    ResponseHead& head_;
};

Result<void> decide_framing(const Seen& seen, int version, ResponseHead& head) {
    if (seen.codings > 0) {
        if (seen.lengths > 0) return refuse("both Content-Length and Transfer-Encoding");
        if (seen.codings > 1 || version != 11 || !equals_ignoring_case(seen.coding, "chunked"))
            return refuse("unknown transfer coding");
        head.chunked = true;
    } else if (seen.lengths > 0) {
        std::uint64_t length = 0;
        const char* const begin = seen.length.data();
        const char* const end = begin + seen.length.size();
        const auto [stop, error] = std::from_chars(begin, end, length);
        if (seen.lengths > 1 || seen.length.empty() || error != std::errc{} || stop != end)
            return refuse("bad Content-Length");
        head.content_length = length;
    }
    return {};
}

}  // namespace

Result<ResponseHead> parse_response_head(std::string_view bytes) {
    if (const auto flaw = flaw_in_lines(bytes)) return refuse(*flaw);
    ResponseHead head;
    Parser parser(head);
    parser.header_limit(static_cast<std::uint32_t>(bytes.size() + 1));
    beast::error_code error;
    const auto used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error) return refuse(error.message());
    if (!parser.is_header_done() || used != bytes.size()) return refuse("its head makes no sense");
    if (parser.version != 10 && parser.version != 11) return refuse("unknown HTTP version");
    if (head.status < 100 || head.status > 599) return refuse("unknown status");
    head.keep_alive = parser.keep_alive();
    TRY(decide_framing(parser.seen, parser.version, head));
    return head;
}

}  // namespace siahub::http
