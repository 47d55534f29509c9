#pragma once
// What the parsers of request and of response heads share: Beast splits lines and fields and calls
// back; the fields are kept, those that frame the body are counted. Bodies are read elsewhere.

#include "http/framing.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

namespace siahub::http {

template <bool is_request>
class HeadParser : public boost::beast::http::basic_parser<is_request> {
  public:
    FramingFields framing;
    int version = 11;

    // Feeds exactly one head. Whether Beast took it for a whole one; else `error` may say why not.
    bool take(std::string_view head, boost::beast::error_code& error) {
        this->header_limit(static_cast<std::uint32_t>(head.size() + 1));
        const auto used = this->put(boost::asio::const_buffer(head.data(), head.size()), error);
        return !error && this->is_header_done() && used == head.size();
    }

  protected:
    using ErrorCode = boost::beast::error_code;
    using Field = boost::beast::http::field;
    using Text = boost::beast::string_view;

    HeadParser(Headers& headers, std::size_t max_fields)
        : headers_(headers), max_fields_(max_fields) {
        this->skip(true);
        this->body_limit(boost::none);
    }

    static std::string_view view(Text text) { return {text.data(), text.size()}; }

    void on_field_impl(Field name, Text name_text, Text value_text, ErrorCode& error) override {
        error = {};
        const auto value = view(value_text);
        if (name == Field::content_length) {
            ++framing.lengths;
            framing.length = value;
        } else if (name == Field::transfer_encoding) {
            ++framing.codings;
            framing.coding = value;
        }
        if (headers_.size() == max_fields_) {
            error = boost::beast::http::make_error_code(boost::beast::http::error::header_limit);
            return;
        }
        headers_.add(view(name_text), value);
    }

    void on_request_impl(boost::beast::http::verb, Text, Text, int, ErrorCode& error) override {
        error = {};
    }
    void on_response_impl(int, Text, int, ErrorCode& error) override { error = {}; }

  private:
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

    Headers& headers_;
    std::size_t max_fields_;
};

}  // namespace siahub::http
