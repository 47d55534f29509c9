#pragma once
// The commands of the program and how one is chosen. Exit codes: 0, 1 for a failure, 2 for a
// command line that makes no sense; every failure is one line on standard error.

#include "app/flags.hpp"

#include <cstdio>

namespace siahub::app {

struct Command {
    CommandSpec spec;
    int (*run)(const CommandSpec& spec, const Arguments& arguments);
};

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

// Also answers --help after any beginning of a command's name, and --version.
int run_command(std::span<const Command> commands, std::span<const std::string> words,
                std::string_view version);

int usage_failure(const CommandSpec& spec, std::string_view message);
int failure(const Error& error);
// 0 when there is none.
int finish(const Result<void>& result);

}  // namespace siahub::app
