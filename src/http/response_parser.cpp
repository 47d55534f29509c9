#include "http/response_parser.hpp"

#include "http/head_lines.hpp"
#include "http/head_parser.hpp"

namespace siahub::http {
namespace {

constexpr std::size_t kMaxFields = 500;

Failure refuse(std::string_view reason) {
    return fail(Code::unavailable, "malformed answer: " + std::string(reason));
}

class Parser final : public HeadParser<false> {
  public:
    explicit Parser(ResponseHead& head) : HeadParser(head.headers, kMaxFields), head_(head) {}

  private:
    void on_response_impl(int code, Text, int number, ErrorCode& error) override {
        error = {};
        head_.status = static_cast<unsigned>(code);
        version = number;
    }

    ResponseHead& head_;
};

}  // namespace

Result<ResponseHead> parse_response_head(std::string_view bytes) {
    if (const auto flaw = flaw_in_lines(bytes)) return refuse(*flaw);
    ResponseHead head;
    Parser parser(head);
    boost::beast::error_code error;
    if (!parser.take(bytes, error))
        return refuse(error ? error.message() : "its head makes no sense");
    if (parser.version != 10 && parser.version != 11) return refuse("unknown HTTP version");
    if (head.status < 100 || head.status > 599) return refuse("unknown status");
    head.keep_alive = parser.keep_alive();
    const auto framing = decide_framing(parser.framing, parser.version == 11);
    if (!framing) return refuse(framing.error());
    head.chunked = framing->chunked;
    head.content_length = framing->length;
    return head;
}

}  // namespace siahub::http
