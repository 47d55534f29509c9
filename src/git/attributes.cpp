#include "git/attributes.hpp"

#include "git/lines.hpp"

namespace siahub::git {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kMacroPrefix = "[attr]";
constexpr std::size_t kMaxLine = 2048;  // git ignores longer ones

std::string_view skip_blank(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(kBlank), text.size()));
}

std::string_view take_word(std::string_view& text) {
    const auto word = text.substr(0, text.find_first_of(kBlank));
    text.remove_prefix(word.size());
    text = skip_blank(text);
    return word;
}

bool is_attribute_name(std::string_view name) {
    if (name.empty() || name[0] == '-' || name.starts_with("builtin_")) return false;
    for (const char c : name) {
        const bool ok = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
        if (!ok) return false;
    }
    return true;
}

int octal_digit(std::string_view text, std::size_t at, char highest) {
    if (at >= text.size() || text[at] < '0' || text[at] > highest) return -1;
    return text[at] - '0';
}

// One character after a backslash; moves `at` to its end. False when it is no escape.
bool unescape(std::string_view text, std::size_t& at, std::string& out) {
    if (at >= text.size()) return false;
    constexpr std::string_view kNames = "abfnrtv\\\"";
    constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\\"";
    if (const auto i = kNames.find(text[at]); i != std::string_view::npos) {
        out += kValues[i];
        return true;
    }
    const int high = octal_digit(text, at, '3');
    const int middle = octal_digit(text, at + 1, '7');
    const int low = octal_digit(text, at + 2, '7');
    if (high < 0 || middle < 0 || low < 0) return false;
    out += static_cast<char>(high << 6 | middle << 3 | low);
    at += 2;
    return true;
}

// A C string in quotes at the start of `text`, which is moved past it. False: take it as it is.
bool take_quoted(std::string_view& text, std::string& out) {
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"') {
            text.remove_prefix(at + 1);
            return true;
        }
        if (text[at] != '\\')
            out += text[at];
        else if (!unescape(text, ++at, out))
            return false;
    }
    return false;
}

struct NamedValue {
    std::string name;
    AttributeValue value;
};

std::optional<NamedValue> parse_assignment(std::string_view word) {
    using State = AttributeValue::State;
    const auto equals = word.find('=');
    auto name = word.substr(0, equals);
    AttributeValue value{State::set, {}};
    if (name.starts_with('-') || name.starts_with('!')) {
        value.state = name[0] == '-' ? State::unset : State::unspecified;
        name.remove_prefix(1);
    } else if (equals != std::string_view::npos) {
        value = {State::value, std::string(word.substr(equals + 1))};
    }
    if (!is_attribute_name(name)) return std::nullopt;
    return NamedValue{std::string(name), std::move(value)};
}

bool needs_class(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
}

}  // namespace

Attributes::Attributes() {
    const AttributeValue unset{AttributeValue::State::unset, {}};
    macros_["binary"] = {{"diff", unset}, {"merge", unset}, {"text", unset}};
}

Attributes Attributes::parse(std::string_view text) {
    Attributes attributes;
    text = without_byte_order_mark(text);
    while (!text.empty())
        attributes.add_line(take_line(text));
    return attributes;
}

void Attributes::add_line(std::string_view line) {
    if (line.size() >= kMaxLine) return;
    auto rest = skip_blank(line);
    if (rest.empty() || rest[0] == '#') return;
    std::string pattern;
    if (rest[0] == '"' && take_quoted(rest, pattern)) {
        rest = skip_blank(rest);
    } else {
        pattern = take_word(rest);
    }
    const bool is_macro = pattern.size() > kMacroPrefix.size() && pattern.starts_with(kMacroPrefix);
    const auto macro = is_macro ? pattern.substr(kMacroPrefix.size()) : std::string();
    if (is_macro ? !is_attribute_name(macro) : pattern.starts_with('!')) return;
    Assignments assignments;
    while (!rest.empty()) {
        auto parsed = parse_assignment(take_word(rest));
        if (!parsed) return;
        assignments.emplace_back(std::move(parsed->name), std::move(parsed->value));
    }
    if (is_macro) {
        macros_[macro] = std::move(assignments);
        return;
    }
    const auto index = static_cast<std::uint32_t>(rules_.size());
    const auto& rule = rules_.emplace_back(Rule{PathPattern(pattern), std::move(assignments)});
    if (!rule.pattern.is_literal())
        wild_.push_back(index);
    else
        (rule.pattern.by_last_part() ? last_ : whole_)[rule.pattern.literal()].push_back(index);
}

// The first word on an attribute is final; a macro that is set brings its own words with it, at
// once. Not recursive, because a foreign file says how deep macros nest.
void Attributes::decide(const Assignments& assignments, Decided& decided) const {
    std::vector<std::span<const Assignment>> todo{assignments};
    while (!todo.empty()) {
        if (todo.back().empty()) {
            todo.pop_back();
            continue;
        }
        const auto& [name, value] = todo.back().back();
        todo.back() = todo.back().first(todo.back().size() - 1);
        if (!decided.emplace(name, &value).second) continue;
        if (value.state != AttributeValue::State::set) continue;
        if (const auto macro = macros_.find(name); macro != macros_.end())
            todo.emplace_back(macro->second);
    }
}

std::vector<std::uint32_t> Attributes::literal_hits(std::string_view path) const {
    std::vector<std::uint32_t> hits;
    if (const auto found = whole_.find(std::string(path)); found != whole_.end())
        hits = found->second;
    if (const auto found = last_.find(std::string(last_part(path))); found != last_.end())
        hits.insert(hits.end(), found->second.begin(), found->second.end());
    std::ranges::sort(hits);
    return hits;
}

AttributeValue Attributes::lookup(std::string_view path, std::string_view attribute) const {
    Fuel fuel;
    Decided decided;
    auto hits = literal_hits(path);
    auto wild = wild_.rbegin();
    while (!hits.empty() || wild != wild_.rend()) {  // later rules first
        const bool literal = !hits.empty() && (wild == wild_.rend() || hits.back() > *wild);
        const auto& rule = rules_[literal ? hits.back() : *wild];
        if (literal)
            hits.pop_back();
        else
            ++wild;
        if (!rule.pattern.matches(path, false, fuel)) continue;
        decide(rule.assignments, decided);
        if (const auto found = decided.find(attribute); found != decided.end())
            return *found->second;
    }
    return {};
}

bool Attributes::is_lfs(std::string_view path) const {
    const auto filter = lookup(path, "filter");
    return filter.state == AttributeValue::State::value && filter.value == "lfs";
}

std::string lfs_attribute_line(std::string_view path) {
    std::string pattern;
    for (const char c : path) {
        if (needs_class(c))
            pattern += c == ' ' || (c >= 9 && c <= 13) ? "[[:space:]]" : "[[:cntrl:]]";
        else if (std::string_view("*?[\\").contains(c))
            (pattern += '[') += (c == '\\' ? "\\\\]" : std::string{c, ']'});
        else
            pattern += c;
    }
    // The slash keeps the first character from meaning something else, and a name at the root from
    // matching the same name in every folder.
    if (!path.contains('/') || std::string_view("#!\"").contains(path[0])) pattern.insert(0, "/");
    return pattern + " filter=lfs diff=lfs merge=lfs -text\n";
}

}  // namespace siahub::git
