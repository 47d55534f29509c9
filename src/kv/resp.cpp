#include "kv/resp.hpp"

#include <charconv>

namespace siahub::kv {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
// Consumed input is dropped in pieces of this size, so that small replies do not move the rest.
constexpr std::size_t kDropBytes = 16 * 1024;

void append_header(std::string& out, char type, std::size_t number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out += type;
    out.append(digits.data(), end);
    out += kLineEnd;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.starts_with("+") || text.empty()) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Reply text_reply(Reply::Kind kind, std::string_view text) {
    Reply reply;
    reply.kind = kind;
    reply.text = text;
    return reply;
}

Reply integer_reply(std::int64_t value) {
    Reply reply;
    reply.kind = Reply::Kind::integer;
    reply.integer = value;
    return reply;
}

}  // namespace

std::string encode_command(std::initializer_list<std::string_view> words) {
    return encode_command(std::span(words.begin(), words.size()));
}

std::string encode_command(std::span<const std::string_view> words) {
    std::string out;
    append_header(out, '*', words.size());
    for (const auto word : words) {
        append_header(out, '$', word.size());
        out += word;
        out += kLineEnd;
    }
    return out;
}

void RespParser::feed(std::string_view bytes) {
    if (broken_) return;
    if (position_ == input_.size() || position_ >= kDropBytes) {
        input_.erase(0, position_);
        scanned_ -= position_;
        position_ = 0;
    }
    input_ += bytes;
}

Result<std::optional<Reply>> RespParser::next() {
    if (broken_) return broken("broke off earlier");
    while (true) {
        Reply element;
        switch (TRY(step(element))) {
            case Step::starved:
                return std::nullopt;
            case Step::list_opened:
                break;
            case Step::element:
                if (!close(element)) break;
                charged_ = 0;
                return element;
        }
    }
}

Result<RespParser::Step> RespParser::step(Reply& element) {
    const auto head = TRY(line());
    if (!head) return Step::starved;
    if (head->empty()) return broken("has an empty line where a reply should start");
    // Of whatever type: nothings and empty lists take memory too.
    if (sizeof(Reply) > room()) return broken("has a reply beyond the limit");
    const auto body = head->substr(1);
    const auto header = head->size() + kLineEnd.size();
    switch (head->front()) {
        case '+':
            element = text_reply(Reply::Kind::status, body);
            break;
        case '-':
            element = text_reply(Reply::Kind::error, body);
            break;
        case ':': {
            const auto value = parse_integer(body);
            if (!value) return broken("has an integer that is none");
            element = integer_reply(*value);
            break;
        }
        case '$':
            return take_text(body, header, element);
        case '*':
            return take_list(body, header, element);
        default:
            return broken("has a reply of unknown type");
    }
    if (body.size() > room() - sizeof(Reply)) return broken("has a reply beyond the limit");
    consume(header, sizeof(Reply) + body.size());
    return Step::element;
}

// Without its end; nullopt when that has not come yet.
Result<std::optional<std::string_view>> RespParser::line() {
    const auto end = input_.find('\r', scanned_);
    scanned_ = std::min(end, input_.size());
    if (scanned_ - position_ > limits_.line_bytes) return broken("has a line beyond the limit");
    if (end == std::string::npos || end + 1 == input_.size()) return std::nullopt;
    if (input_[end + 1] != '\n') return broken("has a line that does not end in CR LF");
    return std::string_view(input_).substr(position_, end - position_);
}

Result<RespParser::Step> RespParser::take_text(std::string_view size, std::size_t header,
                                               Reply& element) {
    const auto bytes = parse_integer(size);
    if (bytes == -1) {
        consume(header, sizeof(Reply));
        return Step::element;
    }
    if (!bytes || *bytes < 0) return broken("has a text whose size is no number");
    const auto length = static_cast<std::size_t>(*bytes);
    if (length > room() - sizeof(Reply)) return broken("has a text beyond the limit");
    const auto start = position_ + header;
    if (input_.size() - start < length + kLineEnd.size()) return Step::starved;
    if (input_.compare(start + length, kLineEnd.size(), kLineEnd) != 0)
        return broken("has a text longer than it says");
    element = text_reply(Reply::Kind::text, std::string_view(input_).substr(start, length));
    consume(header + length + kLineEnd.size(), sizeof(Reply) + length);
    return Step::element;
}

Result<RespParser::Step> RespParser::take_list(std::string_view size, std::size_t header,
                                               Reply& element) {
    const auto items = parse_integer(size);
    if (!items || *items < -1) return broken("has a list whose size is no number");
    if (*items > 0 && static_cast<std::size_t>(*items) > room() / sizeof(Reply))
        return broken("has a list beyond the limit");
    consume(header, sizeof(Reply));
    if (*items >= 0) element.kind = Reply::Kind::list;
    if (*items <= 0) return Step::element;
    if (open_.size() == limits_.depth) return broken("nests lists beyond the limit");
    // No memory is set aside for what has only been announced.
    open_.push_back({std::move(element), static_cast<std::size_t>(*items)});
    return Step::list_opened;
}

// True when `element` ends a reply, which it then is.
bool RespParser::close(Reply& element) {
    while (!open_.empty()) {
        auto& [list, missing] = open_.back();
        list.list.push_back(std::move(element));
        if (--missing > 0) return false;
        element = std::move(list);
        open_.pop_back();
    }
    return true;
}

std::size_t RespParser::room() const {
    return limits_.reply_bytes - std::min(charged_, limits_.reply_bytes);
}

void RespParser::consume(std::size_t bytes, std::size_t memory) {
    position_ += bytes;
    scanned_ = position_;
    charged_ += memory;
}

Failure RespParser::broken(std::string_view why) {
    broken_ = true;
    input_.clear();
    open_.clear();
    return fail(Code::unavailable, "the stream of replies " + std::string(why));
}

}  // namespace siahub::kv
