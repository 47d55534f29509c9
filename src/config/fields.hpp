#pragma once
// How one field of Config is set from a text and shown as a text, for each type of field. What
// set_* refuses, it refuses with what the text must be.

#include "config/config.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace siahub::config {

Result<void> set_path(std::filesystem::path& into, std::string_view text);
Result<void> set_origin(std::string& into, std::string_view text);
Result<void> set_count(std::size_t& into, std::string_view text, std::uint64_t min,
                       std::uint64_t max);
Result<void> set_duration(std::chrono::seconds& into, std::string_view text,
                          std::chrono::seconds min, std::chrono::seconds max);
Result<void> set_rate(double& into, std::string_view text);
Result<void> set_bool(bool& into, std::string_view text);
Result<void> set_networks(std::vector<Network>& into, std::string_view text);
Result<void> set_database(std::string& into, std::string_view text);
Result<void> set_redis(std::string& into, std::string_view text);
Result<void> set_level(Log::Level& into, std::string_view text);
Result<void> set_format(Log::Format& into, std::string_view text);
Result<void> set_sia_key(std::string& into, std::string_view text);
// Empty: no host.
Result<void> set_optional_address(Address& into, std::string_view text);

std::string show_level(Log::Level level);
std::string show_format(Log::Format format);
std::string show_optional_address(const Address& address);
std::string show_networks(const std::vector<Network>& networks);
std::string show_bool(bool value);
std::string show_rate(double value);

}  // namespace siahub::config
