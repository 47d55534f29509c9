#include "hub/front_matter.hpp"

#include "hub/yaml.hpp"

namespace siahub::hub {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t\r";

struct Line {
    std::string_view text;  // without trailing blanks
    std::size_t next = 0;   // where the next line starts; npos: this was the last
};

Line line_at(std::string_view text, std::size_t start) {
    const auto end = text.find('\n', start);
    auto line = text.substr(start, end == std::string_view::npos ? end : end - start);
    const auto last = line.find_last_not_of(kBlank);
    line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
    return {line, end == std::string_view::npos ? end : end + 1};
}

}  // namespace

std::optional<FrontMatter> find_front_matter(std::string_view readme) {
    if (readme.starts_with(kByteOrderMark)) readme.remove_prefix(kByteOrderMark.size());
    std::size_t number = 1;
    auto line = line_at(readme, 0);
    for (; line.text.empty() && line.next != std::string_view::npos; ++number)
        line = line_at(readme, line.next);
    if (line.text != "---" || line.next == std::string_view::npos) return std::nullopt;
    const auto start = line.next;
    for (auto at = start; at != std::string_view::npos;) {
        line = line_at(readme, at);
        if (line.text == "---") return FrontMatter{readme.substr(start, at - start), number + 1};
        at = line.next;
    }
    return std::nullopt;
}

Result<boost::json::object> parse_front_matter(std::string_view readme) {
    const auto found = find_front_matter(readme);
    if (!found) return boost::json::object();
    auto value = TRY(parse_yaml(found->yaml, found->first_line));
    if (value.is_null()) return boost::json::object();
    if (!value.is_object())
        return fail(Code::invalid_argument, "Invalid metadata in line " +
                                                std::to_string(found->first_line) +
                                                ": it must be a mapping of keys to values");
    return std::move(value.as_object());
}

}  // namespace siahub::hub
