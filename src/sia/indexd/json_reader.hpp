#pragma once
// Reading JSON of a server that may be anything. Like sia::Decoder a JsonObject keeps its first
// error: after something that does not fit every further read returns nothing, and status() tells
// what it was. What is missing or null reads as empty, as Go's encoding means it; `required` fields
// say so. Depth is bounded here, size by whoever read the text.

#include "core/result.hpp"
#include "sia/encoding.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace siahub::sia::indexd {

Result<boost::json::value> parse_json(std::string_view text);

class JsonObject {
  public:
    // `what` names the thing in messages: "a host". Both outlive the reader.
    JsonObject(const boost::json::value& value, std::string_view what);

    bool has(std::string_view name) const;
    std::string text(std::string_view name);
    std::uint64_t number(std::string_view name);  // whole and not negative
    double real(std::string_view name);
    bool flag(std::string_view name);
    std::int64_t time(std::string_view name);  // RFC 3339; Unix seconds
    Currency currency(std::string_view name);  // decimal digits
    Bytes base64(std::string_view name);
    PublicKey public_key(std::string_view name);
    template <class Fixed>
    Fixed hex(std::string_view name);
    template <class Fixed>
    Fixed base64_fixed(std::string_view name);
    // The elements; nothing when it is missing.
    std::span<const boost::json::value> list(std::string_view name);
    // The object of that name, or an empty one.
    JsonObject object(std::string_view name);

    JsonObject& required(std::string_view name);  // notes an error when it is missing
    void reject(std::string_view name, std::string_view why);
    // An object inside this one failed.
    void adopt(const Result<void>& inner);
    [[nodiscard]] Result<void> status() const;

  private:
    const boost::json::value* find(std::string_view name) const;
    void fill(std::string_view name, std::span<std::byte> out, bool is_base64);

    const boost::json::object* object_ = nullptr;
    std::string_view what_;
    std::optional<Error> error_;
};

template <class Fixed>
Fixed JsonObject::hex(std::string_view name) {
    Fixed value;
    fill(name, value.bytes, false);
    return value;
}

template <class Fixed>
Fixed JsonObject::base64_fixed(std::string_view name) {
    Fixed value;
    fill(name, value.bytes, true);
    return value;
}

// A list of objects: reads each with `read`, which is Result<T>(const boost::json::value&).
template <class T>
Result<std::vector<T>> read_list(const boost::json::value& value,
                                 Result<T> (*read)(const boost::json::value&)) {
    std::vector<T> all;
    if (value.is_null()) return all;
    const auto* elements = value.if_array();
    if (elements == nullptr) return fail(Code::unprocessable, "indexd sent no list.");
    all.reserve(elements->size());
    for (const auto& element : *elements)
        all.push_back(TRY(read(element)));
    return all;
}

Result<std::int64_t> parse_rfc3339(std::string_view text);
std::string to_rfc3339(std::int64_t unix_seconds);
Result<Currency> parse_currency(std::string_view decimal);
std::string to_decimal(Currency value);

}  // namespace siahub::sia::indexd
