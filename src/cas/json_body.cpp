#include "cas/json_body.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace siahub::cas {
namespace json = boost::json;
namespace {

const json::value* present(const json::object& object, std::string_view field) {
    const auto* value = object.if_contains(field);
    return value == nullptr || value->is_null() ? nullptr : value;
}

Failure wrong_type(std::string_view field, std::string_view wanted) {
    return fail(Code::invalid_argument, fmt::format("\"{}\" must be {}", field, wanted));
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
    json::error_code error;
    auto value = json::parse(text, error);
    if (error)
        return fail(Code::invalid_argument, "the body is not valid JSON: " + error.message());
    return value;
}

Result<json::object> parse_json_object(std::string_view text) {
    auto value = TRY(parse_json(text));
    if (!value.is_object()) return fail(Code::invalid_argument, "the body must be a JSON object");
    return std::move(value).as_object();
}

Task<Result<json::object>> read_json_object(http::Request& request) {
    const auto text = CO_TRY(co_await request.body->read_all(kMaxJsonBody));
    co_return parse_json_object(text);
}

Result<std::optional<std::string>> optional_string(const json::object& object,
                                                   std::string_view field) {
    const auto* value = present(object, field);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) return wrong_type(field, "a string");
    return std::string(value->get_string());
}

Result<std::string> required_string(const json::object& object, std::string_view field) {
    auto value = TRY(optional_string(object, field));
    if (!value) return fail(Code::invalid_argument, fmt::format("\"{}\" is missing", field));
    return *std::move(value);
}

Result<std::optional<bool>> optional_bool(const json::object& object, std::string_view field) {
    const auto* value = present(object, field);
    if (value == nullptr) return std::nullopt;
    if (!value->is_bool()) return wrong_type(field, "true or false");
    return value->get_bool();
}

Result<std::optional<std::uint64_t>> optional_size(const json::object& object,
                                                   std::string_view field) {
    const auto* value = present(object, field);
    if (value == nullptr) return std::nullopt;
    json::error_code error;
    const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (!value->is_number() || error || number > most)
        return wrong_type(field, "a whole number that is not negative");
    return number;
}

Result<json::array> optional_array(const json::object& object, std::string_view field) {
    const auto* value = present(object, field);
    if (value == nullptr) return json::array{};
    if (!value->is_array()) return wrong_type(field, "a list");
    return value->get_array();
}

}  // namespace siahub::cas
