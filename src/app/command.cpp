#include "app/command.hpp"

#include <algorithm>
#include <ranges>

namespace siahub::app {
namespace {

void print(std::FILE* to, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), to);
    std::fputc('\n', to);
}

std::vector<std::string_view> split(std::string_view name) {
    std::vector<std::string_view> words;
    for (const auto word : std::views::split(name, ' '))
        words.emplace_back(word.begin(), word.end());
    return words;
}

bool is_help(std::string_view word) {
    return word == "--help" || word == "-h" || word == "help";
}

// The command whose name the words begin with.
const Command* find(std::span<const Command> commands, std::span<const std::string> words) {
    for (const auto& command : commands) {
        const auto name = split(command.spec.name);
        if (words.size() >= name.size() && std::ranges::equal(name, words.first(name.size())))
            return &command;
    }
    return nullptr;
}

// Commands whose name begins with the words.
std::string overview(std::span<const Command> commands, std::span<const std::string> words) {
    std::string text = "SiaHub, a model hub on your own machines\n\n";
    for (const auto& command : commands) {
        const auto name = split(command.spec.name);
        if (words.size() > name.size() ||
            !std::ranges::equal(words, std::span(name).first(words.size())))
            continue;
        std::string left = "  siahub " + std::string(command.spec.name);
        left.resize(std::max<std::size_t>(left.size() + 1, 32), ' ');
        text += left + std::string(command.spec.summary) + "\n";
    }
    return text + "\nsiahub COMMAND --help tells more about a command.";
}

int no_such_command(std::span<const std::string> words) {
    std::string given = "siahub";
    for (const auto& word : words)
        given += " " + word;
    print(stderr, words.empty() ? "siahub: no command; try siahub --help"
                                : given + ": no such command; try siahub --help");
    return kExitUsage;
}

}  // namespace

int usage_failure(const CommandSpec& spec, std::string_view message) {
    print(stderr, "siahub " + std::string(spec.name) + ": " + std::string(message) +
                      "; try siahub " + std::string(spec.name) + " --help");
    return kExitUsage;
}

int failure(const Error& error) {
    print(stderr, "siahub: " + error.message);
    return kExitFailure;
}

int finish(const Result<void>& result) {
    return result ? 0 : failure(result.error());
}

int run_command(std::span<const Command> commands, std::span<const std::string> words,
                std::string_view version) {
    if (words.size() == 1 && words.front() == "--version") {
        print(stdout, "siahub " + std::string(version));
        return 0;
    }
    const auto* command = find(commands, words);
    // Words after "--" are arguments even when they look like a plea for help.
    const auto asked_until = std::ranges::find(words, "--");
    const auto help = std::ranges::find_if(words.begin(), asked_until, is_help);
    if (command == nullptr) {
        if (help == asked_until) return no_such_command(words);
        print(stdout, overview(commands, {words.begin(), help}));
        return 0;
    }
    const auto rest = words.subspan(split(command->spec.name).size());
    if (help != asked_until && *help != "help") {
        print(stdout, help_text(command->spec));
        return 0;
    }
    const auto arguments = parse_arguments(command->spec, rest);
    if (!arguments) return usage_failure(command->spec, arguments.error().message);
    return command->run(command->spec, *arguments);
}

}  // namespace siahub::app
