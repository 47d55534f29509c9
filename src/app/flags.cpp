#include "app/flags.hpp"

#include <algorithm>
#include <charconv>

namespace siahub::app {
namespace {

constexpr std::size_t kHelpColumn = 36;
constexpr std::ptrdiff_t kMostFlagsInLine = 5;
constexpr std::string_view kFileEnding = "-file";

Failure usage(std::string message) {
    return fail(Code::invalid_argument, std::move(message));
}

const FlagSpec* find_flag(const CommandSpec& command, std::string_view name) {
    const auto found = std::ranges::find_if(command.flags, [name](const FlagSpec& flag) {
        return name == flag.name || (flag.from_file && name.starts_with(flag.name) &&
                                     name.substr(flag.name.size()) == kFileEnding);
    });
    return found == command.flags.end() ? nullptr : &*found;
}

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

Result<void> check_complete(const CommandSpec& command, std::span<const std::string> words,
                            const Arguments& arguments) {
    if (words.size() < command.arguments.size())
        return usage("missing " + std::string(command.arguments[words.size()]));
    if (words.size() > command.arguments.size())
        return usage("unexpected argument " + quoted(words[command.arguments.size()]));
    for (const auto& flag : command.flags)
        if (flag.required && !arguments.flag(flag.name))
            return usage("missing " + std::string(flag.name));
    return {};
}

}  // namespace

std::optional<std::string> Arguments::flag(std::string_view name) const {
    const auto found = flags_.find(name);
    if (found == flags_.end()) return std::nullopt;
    return found->second.back();
}

std::string Arguments::flag_or(std::string_view name, std::string_view fallback) const {
    return flag(name).value_or(std::string(fallback));
}

std::vector<std::string> Arguments::flags(std::string_view name) const {
    const auto found = flags_.find(name);
    if (found == flags_.end()) return {};
    return found->second;
}

Result<Arguments> parse_arguments(const CommandSpec& command, std::span<const std::string> words) {
    Arguments arguments;
    bool flags_ended = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (!flags_ended && word == "--") {
            flags_ended = true;
            continue;
        }
        if (flags_ended || !word.starts_with("--")) {
            arguments.words_.emplace_back(word);
            continue;
        }
        const auto equals = word.find('=');
        const auto name = word.substr(0, equals);
        const auto* spec = find_flag(command, name);
        if (spec == nullptr) return usage("unknown flag " + quoted(name));
        auto& values = arguments.flags_[std::string(name)];
        if (!values.empty() && !spec->repeats) return usage(std::string(name) + " is given twice");
        if (spec->value.empty() && equals != std::string_view::npos)
            return usage(std::string(name) + " takes no value");
        if (spec->value.empty())
            values.emplace_back();
        else if (equals != std::string_view::npos)
            values.emplace_back(word.substr(equals + 1));
        else if (++i < words.size())
            values.push_back(words[i]);
        else
            return usage(std::string(name) + " needs a value");
    }
    TRY(check_complete(command, arguments.words_, arguments));
    return arguments;
}

Result<std::int64_t> parse_number(std::string_view what, std::string_view text, std::int64_t min,
                                  std::int64_t max) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < min || number > max)
        return usage(std::string(what) + ": a number from " + std::to_string(min) + " to " +
                     std::to_string(max) + ", not " + quoted(text));
    return number;
}

std::string usage_line(const CommandSpec& command) {
    std::string line = "siahub " + std::string(command.name);
    for (const auto argument : command.arguments)
        line.append(" ").append(argument);
    const auto optional = std::ranges::count(command.flags, false, &FlagSpec::required);
    if (optional > kMostFlagsInLine) line += " [FLAGS]";
    for (const auto& flag : command.flags) {
        if (optional > kMostFlagsInLine && !flag.required) continue;
        std::string text(flag.name);
        if (!flag.value.empty()) text += " " + std::string(flag.value);
        line += flag.required ? " " + text : " [" + text + "]";
        if (flag.repeats) line += "…";
    }
    return line;
}

std::string help_text(const CommandSpec& command) {
    std::string text = std::string(command.summary) + "\n\n  " + usage_line(command) + "\n";
    if (!command.flags.empty()) text += "\n";
    for (const auto& flag : command.flags) {
        std::string left = "  " + std::string(flag.name) + " " + std::string(flag.value);
        left.resize(std::max(left.size() + 1, kHelpColumn), ' ');
        text += left + std::string(flag.help) + "\n";
        if (!flag.from_file) continue;
        left = "  " + std::string(flag.name) + std::string(kFileEnding) + " FILE";
        left.resize(std::max(left.size() + 1, kHelpColumn), ' ');
        text += left + "the same, read from a file\n";
    }
    return text;
}

}  // namespace siahub::app
