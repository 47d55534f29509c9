#pragma once
// Reading JSON request bodies. Every accessor says which field is wrong; a missing or null field is
// nullopt, a field of another type an error.

#include "core/task.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace siahub::cas {

inline constexpr std::size_t kMaxJsonBody = 16 * 1024 * 1024;

Result<boost::json::value> parse_json(std::string_view text);
Result<boost::json::object> parse_json_object(std::string_view text);
Task<Result<boost::json::object>> read_json_object(http::Request& request);

Result<std::optional<std::string>> optional_string(const boost::json::object& object,
                                                   std::string_view field);
Result<std::string> required_string(const boost::json::object& object, std::string_view field);
Result<std::optional<bool>> optional_bool(const boost::json::object& object,
                                          std::string_view field);
Result<std::optional<std::uint64_t>> optional_size(const boost::json::object& object,
                                                   std::string_view field);
// An absent array is empty.
Result<boost::json::array> optional_array(const boost::json::object& object,
                                          std::string_view field);

}  // namespace siahub::cas
