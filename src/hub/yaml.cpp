#include "hub/yaml.hpp"

#include "hub/yaml_scalar.hpp"

#include <map>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <yaml.h>

namespace siahub::hub {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 64;
// What all values may weigh together, aliases expanded: some bytes per value and its text.
constexpr std::size_t kMaxWeight = 16 * 1024 * 1024;
constexpr std::size_t kValueWeight = 32;

std::string_view text_of(const yaml_char_t* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

class Event {
  public:
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { yaml_event_delete(&event_); }
    yaml_event_t* fill() {
        yaml_event_delete(&event_);
        return &event_;
    }
    [[nodiscard]] yaml_event_type_t type() const { return event_.type; }
    [[nodiscard]] std::size_t line() const { return event_.start_mark.line; }
    [[nodiscard]] std::string anchor() const {
        switch (event_.type) {
            case YAML_ALIAS_EVENT:
                return std::string(text_of(event_.data.alias.anchor));
            case YAML_SCALAR_EVENT:
                return std::string(text_of(event_.data.scalar.anchor));
            case YAML_SEQUENCE_START_EVENT:
                return std::string(text_of(event_.data.sequence_start.anchor));
            case YAML_MAPPING_START_EVENT:
                return std::string(text_of(event_.data.mapping_start.anchor));
            default:
                return {};
        }
    }
    [[nodiscard]] std::string_view text() const {
        return {reinterpret_cast<const char*>(event_.data.scalar.value), event_.data.scalar.length};
    }
    [[nodiscard]] bool is_text() const {
        const auto tag = text_of(event_.data.scalar.tag);
        return event_.data.scalar.quoted_implicit != 0 || tag == YAML_STR_TAG || tag == "!";
    }
    [[nodiscard]] bool is_plain() const {
        return event_.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    }

  private:
    yaml_event_t event_{};
};

struct Weighed {
    json::value value;
    std::size_t weight = 0;
};

class Reader {
  public:
    Reader(std::string_view text, std::size_t first_line) : first_line_(first_line) {
        if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { yaml_parser_delete(&parser_); }

    Result<json::value> read_document();

  private:
    Result<void> next(Event& event);
    Result<Weighed> read_value(const Event& event, std::size_t depth);
    Result<Weighed> read_node(const Event& event, std::size_t depth);
    Result<Weighed> read_alias(const Event& event);
    Result<Weighed> read_sequence(std::size_t depth);
    Result<Weighed> read_mapping(std::size_t depth);
    Result<std::string> read_key(const Event& event);
    Result<void> charge(const Event& event, std::size_t weight);
    [[nodiscard]] Failure wrong(std::size_t line, std::string_view what) const {
        return fail(Code::invalid_argument, "Invalid YAML in line " +
                                                std::to_string(first_line_ + line) + ": " +
                                                std::string(what));
    }

    yaml_parser_t parser_{};
    std::size_t first_line_;
    std::size_t weight_ = 0;
    std::map<std::string, Weighed> anchors_;
};

Result<void> Reader::next(Event& event) {
    if (yaml_parser_parse(&parser_, event.fill()) != 0) return {};
    if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    return wrong(parser_.problem_mark.line,
                 parser_.problem == nullptr ? "it cannot be read" : parser_.problem);
}

Result<void> Reader::charge(const Event& event, std::size_t weight) {
    weight_ += weight;
    if (weight_ > kMaxWeight) return wrong(event.line(), "it expands to too much");
    return {};
}

Result<json::value> Reader::read_document() {
    Event event;
    TRY(next(event));  // stream start
    TRY(next(event));
    if (event.type() == YAML_STREAM_END_EVENT) return json::value();
    TRY(next(event));  // after document start
    auto root = TRY(read_value(event, 0));
    TRY(next(event));  // document end
    TRY(next(event));
    if (event.type() != YAML_STREAM_END_EVENT) return wrong(event.line(), "more than one document");
    return std::move(root.value);
}

Result<Weighed> Reader::read_value(const Event& event, std::size_t depth) {
    if (depth > kMaxDepth) return wrong(event.line(), "it is nested too deeply");
    if (event.type() == YAML_ALIAS_EVENT) return read_alias(event);
    auto anchor = event.anchor();
    auto node = TRY(read_node(event, depth));
    if (!anchor.empty()) {
        TRY(charge(event, node.weight));
        anchors_.insert_or_assign(std::move(anchor), node);
    }
    return node;
}

Result<Weighed> Reader::read_alias(const Event& event) {
    const auto found = anchors_.find(event.anchor());
    if (found == anchors_.end())
        return wrong(event.line(), "an alias without its anchor before it");
    TRY(charge(event, found->second.weight));
    return found->second;
}

Result<Weighed> Reader::read_node(const Event& event, std::size_t depth) {
    switch (event.type()) {
        case YAML_SCALAR_EVENT: {
            const auto text = event.text();
            const std::size_t weight = kValueWeight + text.size();
            TRY(charge(event, weight));
            if (event.is_text() || !event.is_plain()) return Weighed{json::string(text), weight};
            return Weighed{resolve_plain_scalar(text), weight};
        }
        case YAML_SEQUENCE_START_EVENT:
            TRY(charge(event, kValueWeight));
            return read_sequence(depth);
        case YAML_MAPPING_START_EVENT:
            TRY(charge(event, kValueWeight));
            return read_mapping(depth);
        default:
            return wrong(event.line(), "a value is missing");
    }
}

Result<Weighed> Reader::read_sequence(std::size_t depth) {
    json::array items;
    std::size_t weight = kValueWeight;
    for (Event event;;) {
        TRY(next(event));
        if (event.type() == YAML_SEQUENCE_END_EVENT) return Weighed{std::move(items), weight};
        auto item = TRY(read_value(event, depth + 1));
        weight += item.weight;
        items.push_back(std::move(item.value));
    }
}

// Keys that are there already win over merged ones.
void merge_into(json::object& object, const json::value& merged) {
    if (const auto* source = merged.if_object())
        for (const auto& member : *source)
            object.emplace(member.key(), member.value());
    if (const auto* sources = merged.if_array())
        for (const auto& source : *sources)
            if (source.is_object()) merge_into(object, source);
}

Result<Weighed> Reader::read_mapping(std::size_t depth) {
    json::object object;
    json::value merged;
    std::size_t weight = kValueWeight;
    for (Event event;;) {
        TRY(next(event));
        if (event.type() == YAML_MAPPING_END_EVENT) break;
        const auto line = event.line();
        const auto key = TRY(read_key(event));
        TRY(next(event));
        auto item = TRY(read_value(event, depth + 1));
        weight += item.weight + kValueWeight + key.size();
        TRY(charge(event, kValueWeight + key.size()));
        if (key == "<<")
            merged = std::move(item.value);
        else if (!object.emplace(key, std::move(item.value)).second)
            return wrong(line, "the key \"" + key + "\" is given twice");
    }
    merge_into(object, merged);
    return Weighed{std::move(object), weight};
}

Result<std::string> Reader::read_key(const Event& event) {
    if (event.type() == YAML_SCALAR_EVENT) return std::string(event.text());
    if (event.type() == YAML_ALIAS_EVENT) {
        const auto target = TRY(read_alias(event));
        if (const auto* text = target.value.if_string()) return std::string(*text);
    }
    return wrong(event.line(), "only text can be a key");
}

}  // namespace

Result<json::value> parse_yaml(std::string_view text, std::size_t first_line) {
    if (text.size() > kMaxYamlSize)
        return fail(Code::invalid_argument, "Invalid YAML: it is larger than 1 MiB");
    return Reader(text, first_line).read_document();
}

}  // namespace siahub::hub
