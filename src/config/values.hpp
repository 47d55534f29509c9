#pragma once
// Values as an operator writes them: "512 MiB", "15m", "true". Errors complete the sentence
// "<setting> must be …". Pure.

#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::config {

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t min, std::uint64_t max);
Result<double> parse_rate(std::string_view text);
// Bytes: a number with nothing, KiB, MiB, GiB, TiB (or KB … of 1000) after it.
Result<std::uint64_t> parse_size(std::string_view text);
std::string show_size(std::uint64_t bytes);
// A number with s, m, h or d after it; without one it is seconds.
Result<std::chrono::seconds> parse_duration(std::string_view text, std::chrono::seconds min,
                                            std::chrono::seconds max);
std::string show_duration(std::chrono::seconds duration);
Result<bool> parse_bool(std::string_view text);
// Separated by commas; blanks around a part do not count.
std::vector<std::string> parse_list(std::string_view text);

}  // namespace siahub::config
