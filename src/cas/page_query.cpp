#include "cas/page_query.hpp"

#include <charconv>

#include <fmt/format.h>

namespace siahub::cas {
namespace {

constexpr std::size_t kUsualPage = 50;
constexpr std::size_t kMostPage = 200;

}  // namespace

Result<std::size_t> number_query(const http::Request& request, std::string_view name,
                                 std::size_t otherwise, std::size_t most) {
    const auto text = request.query_value(name);
    if (!text) return otherwise;
    std::size_t number = 0;
    const auto* end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, number);
    if (error != std::errc() || rest != end || number < 1 || number > most)
        return fail(Code::invalid_argument,
                    fmt::format("\"{}\" must be a whole number from 1 to {}", name, most));
    return number;
}

Result<HashPage> hash_page(const http::Request& request) {
    HashPage page;
    page.limit = TRY(number_query(request, "limit", kUsualPage, kMostPage));
    if (const auto cursor = request.query_value("cursor"); cursor && !cursor->empty()) {
        const auto after = xet::parse_hash(*cursor);
        if (!after) return fail(Code::invalid_argument, "The cursor is not one of this list");
        page.after = *after;
    }
    return page;
}

}  // namespace siahub::cas
