#pragma once
// Command lines: words that name a command, then arguments and flags in any order. A flag is
// "--name value" or "--name=value", or just "--name" if it takes no value; "--" ends the flags.
// Errors: invalid_argument with one line that says what is wrong. Pure.

#include "core/result.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::app {

struct FlagSpec {
    std::string_view name;   // "--data"
    std::string_view value;  // "DIR", for the help; empty: it takes none
    std::string_view help;
    bool repeats = false;
    bool required = false;
    bool from_file = false;  // "--name-file FILE" reads the value from a file
};

struct CommandSpec {
    std::string_view name;                    // "admin user create"
    std::vector<std::string_view> arguments;  // "NAME"; each must be given
    std::string_view summary;
    std::vector<FlagSpec> flags;
};

class Arguments {
  public:
    [[nodiscard]] const std::string& argument(std::size_t index) const { return words_[index]; }
    [[nodiscard]] std::optional<std::string> flag(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return flags_.contains(name); }
    [[nodiscard]] std::string flag_or(std::string_view name, std::string_view fallback) const;
    [[nodiscard]] std::vector<std::string> flags(std::string_view name) const;

  private:
    friend Result<Arguments> parse_arguments(const CommandSpec& command,
                                             std::span<const std::string> words);
    std::vector<std::string> words_;
    std::map<std::string, std::vector<std::string>, std::less<>> flags_;
};

// `words` without those of the command's name.
Result<Arguments> parse_arguments(const CommandSpec& command, std::span<const std::string> words);

// A number from `min` to `max`; `what` is named in the error.
Result<std::int64_t> parse_number(std::string_view what, std::string_view text, std::int64_t min,
                                  std::int64_t max);

std::string usage_line(const CommandSpec& command);
std::string help_text(const CommandSpec& command);

}  // namespace siahub::app
