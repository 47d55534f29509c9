#include "http/message.hpp"

#include "http/query.hpp"

#include <algorithm>
#include <array>

namespace siahub::http {

namespace {

constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

constexpr bool is_token_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

constexpr bool is_control(char c) {
    const auto value = static_cast<unsigned char>(c);
    return (value < 0x20 && c != '\t') || value == 0x7f;
}

}  // namespace

std::string_view method_name(Method method) {
    constexpr std::array<std::string_view, 8> names = {"GET",   "HEAD",   "POST",    "PUT",
                                                       "PATCH", "DELETE", "OPTIONS", ""};
    return names.at(static_cast<std::size_t>(method));
}

void Notes::clear() {
    user.clear();
    user_id = key_id = repo_id = 0;
    cache = {};
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return to_lower(x) == to_lower(y);
           });
}

void Headers::add(std::string_view name, std::string_view value) {
    if (name.empty() || !std::ranges::all_of(name, is_token_char)) return;
    const auto first = value.find_first_not_of(" \t\r\n");
    value = first == std::string_view::npos
                ? std::string_view{}
                : value.substr(first, value.find_last_not_of(" \t\r\n") - first + 1);
    const auto begin = wire_.size();
    wire_.append(name).append(": ").append(value).append("\r\n");
    const auto value_end = wire_.end() - 2;
    std::replace_if(value_end - static_cast<std::ptrdiff_t>(value.size()), value_end, is_control,
                    ' ');
    slots_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value.size())});
}

void Headers::set(std::string_view name, std::string_view value) {
    remove(name);
    add(name, value);
}

void Headers::remove(std::string_view name) {
    std::erase_if(slots_, [&](const Slot& slot) {
        return equals_ignoring_case({wire_.data() + slot.begin, slot.name_size}, name);
    });
}

void Headers::clear() {
    wire_.clear();
    slots_.clear();
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const Slot& slot : slots_) {
        const std::string_view candidate(wire_.data() + slot.begin, slot.name_size);
        if (equals_ignoring_case(candidate, name))
            return std::string_view(candidate.end() + 2, slot.value_size);
    }
    return std::nullopt;
}

Headers::Field Headers::operator[](std::size_t index) const {
    const Slot& slot = slots_[index];
    const char* name = wire_.data() + slot.begin;
    return {{name, slot.name_size}, {name + slot.name_size + 2, slot.value_size}};
}

std::vector<Headers::Field> Headers::all() const {
    std::vector<Field> fields;
    fields.reserve(size());
    for (std::size_t i = 0; i < size(); ++i)
        fields.push_back((*this)[i]);
    return fields;
}

Task<Result<std::string>> RequestBody::read_all(std::size_t limit) {
    constexpr std::size_t kStep = 64 * 1024;
    const auto announced = content_length();
    if (announced && *announced > limit)
        co_return fail(Code::payload_too_large, "the request body is too large");
    std::string all;
    std::size_t used = 0;
    for (;;) {
        // Memory follows what has arrived, not what the client announced. One byte beyond the limit
        // tells a body that ends exactly there from a longer one.
        if (used == all.size())
            all.resize(std::min(
                limit + 1,
                std::max(used * 2, std::min<std::size_t>(announced.value_or(kStep) + 1, kStep))));
        const auto room = std::as_writable_bytes(std::span(all)).subspan(used);
        const auto count = CO_TRY(co_await read(room));
        if (count == 0) break;
        used += count;
        if (used > limit) co_return fail(Code::payload_too_large, "the request body is too large");
    }
    all.resize(used);
    co_return all;
}

std::string_view Request::header(std::string_view name) const {
    return headers == nullptr ? std::string_view{} : headers->find(name).value_or("");
}

std::optional<std::string> Request::query_value(std::string_view name) const {
    return form_value(query, name);
}

std::vector<std::string> Request::query_values(std::string_view name) const {
    return form_values(query, name);
}

}  // namespace siahub::http
