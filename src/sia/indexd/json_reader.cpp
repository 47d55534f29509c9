#include "sia/indexd/json_reader.hpp"

#include <charconv>
#include <chrono>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace siahub::sia::indexd {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 16;

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
    if (text.size() < at + count) return false;
    const auto* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + count, out);
    return error == std::errc{} && end == begin + count && *begin != '-';
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = kMaxDepth;
    auto value = json::parse(text, error, {}, options);
    if (error)
        return fail(Code::unprocessable, "indexd sent no valid JSON: " + error.message() + ".");
    return value;
}

JsonObject::JsonObject(const json::value& value, std::string_view what)
    : object_(value.if_object()), what_(what) {
    if (object_ == nullptr)
        error_ = Error{Code::unprocessable, fmt::format("indexd sent no object for {}.", what_)};
}

const json::value* JsonObject::find(std::string_view name) const {
    if (error_ || object_ == nullptr) return nullptr;
    const auto* value = object_->if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

bool JsonObject::has(std::string_view name) const {
    return find(name) != nullptr;
}

void JsonObject::reject(std::string_view name, std::string_view why) {
    if (!error_)
        error_ = Error{Code::unprocessable,
                       fmt::format("indexd sent {} whose {} is {}.", what_, name, why)};
}

JsonObject& JsonObject::required(std::string_view name) {
    if (!error_ && !has(name)) reject(name, "missing");
    return *this;
}

void JsonObject::adopt(const Result<void>& inner) {
    if (!error_ && !inner) error_ = inner.error();
}

Result<void> JsonObject::status() const {
    if (error_) return Failure(*error_);
    return {};
}

std::string JsonObject::text(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (const auto* string = value->if_string()) return std::string(*string);
    reject(name, "no text");
    return {};
}

std::uint64_t JsonObject::number(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return 0;
    boost::system::error_code error;
    const auto number = value->to_number<std::uint64_t>(error);
    if (!error) return number;
    reject(name, "no whole number");
    return 0;
}

double JsonObject::real(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return 0;
    boost::system::error_code error;
    const auto number = value->to_number<double>(error);
    if (!error) return number;
    reject(name, "no number");
    return 0;
}

bool JsonObject::flag(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return false;
    if (const auto* flag = value->if_bool()) return *flag;
    reject(name, "neither true nor false");
    return false;
}

std::int64_t JsonObject::time(std::string_view name) {
    const auto given = text(name);
    if (given.empty()) return 0;
    if (const auto time = parse_rfc3339(given)) return *time;
    reject(name, "no time");
    return 0;
}

Currency JsonObject::currency(std::string_view name) {
    const auto given = text(name);
    if (given.empty()) return {};
    if (const auto amount = parse_currency(given)) return *amount;
    reject(name, "no amount");
    return {};
}

Bytes JsonObject::base64(std::string_view name) {
    auto bytes = from_base64(text(name));
    if (bytes) return std::move(*bytes);
    reject(name, "no base64");
    return {};
}

PublicKey JsonObject::public_key(std::string_view name) {
    const auto given = text(name);
    if (const auto key = parse_public_key(given)) return *key;
    reject(name, "no public key");
    return {};
}

void JsonObject::fill(std::string_view name, std::span<std::byte> out, bool is_base64) {
    const auto given = text(name);
    if (error_) return;
    if (!is_base64) {
        if (!from_hex(given, out)) reject(name, fmt::format("not {} bytes in hex", out.size()));
        return;
    }
    const auto bytes = from_base64(given);
    if (!bytes || bytes->size() != out.size())
        return reject(name, fmt::format("not {} bytes in base64", out.size()));
    std::ranges::copy(*bytes, out.begin());
}

std::span<const json::value> JsonObject::list(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (const auto* elements = value->if_array()) return {elements->data(), elements->size()};
    reject(name, "no list");
    return {};
}

JsonObject JsonObject::object(std::string_view name) {
    static const json::value nothing = json::object{};
    const auto* value = find(name);
    return {value == nullptr ? nothing : *value, what_};
}

// "2026-08-21T09:15:00Z", with or without a fraction, in any zone.
Result<std::int64_t> parse_rfc3339(std::string_view text) {
    const auto bad = [] { return fail(Code::invalid_argument, "This is no time of RFC 3339."); };
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day) ||
        !digits(text, 11, 2, hour) || !digits(text, 14, 2, minute) || !digits(text, 17, 2, second))
        return bad();
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return bad();
    auto zone = text.substr(19);
    if (zone.starts_with('.')) {
        const auto end = zone.find_first_not_of("0123456789", 1);
        zone = end == std::string_view::npos ? "" : zone.substr(end);
    }
    int zone_hours = 0, zone_minutes = 0;
    if (zone != "Z" && zone != "z" &&
        (zone.size() != 6 || !digits(zone, 1, 2, zone_hours) || !digits(zone, 4, 2, zone_minutes)))
        return bad();
    const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
    const std::int64_t ahead =
        (zone_hours * 3600LL + zone_minutes * 60LL) * (zone.starts_with('-') ? -1 : 1);
    return days * 86400LL + hour * 3600LL + minute * 60LL + second - ahead;
}

std::string to_rfc3339(std::int64_t unix_seconds) {
    const std::chrono::sys_seconds time{std::chrono::seconds{unix_seconds}};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

Result<Currency> parse_currency(std::string_view decimal) {
    constexpr auto kLimit = ~static_cast<unsigned __int128>(0);
    unsigned __int128 value = 0;
    if (decimal.empty()) return fail(Code::invalid_argument, "This is no amount.");
    for (const char digit : decimal) {
        if (digit < '0' || digit > '9') return fail(Code::invalid_argument, "This is no amount.");
        const auto added = static_cast<unsigned>(digit - '0');
        if (value > (kLimit - added) / 10)
            return fail(Code::invalid_argument, "This amount is too large.");
        value = value * 10 + added;
    }
    return Currency{static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64)};
}

std::string to_decimal(Currency value) {
    return fmt::to_string((static_cast<unsigned __int128>(value.high) << 64) | value.low);
}

}  // namespace siahub::sia::indexd
