#include "cas/iso_time.hpp"

#include <charconv>
#include <chrono>

namespace siahub::cas {
namespace {

// Takes `digits` digits off the front and, behind them, the mark.
std::optional<int> take(std::string_view& text, std::size_t digits, char mark) {
    int value = 0;
    if (text.size() <= digits || text[digits] != mark) return std::nullopt;
    const auto number = text.substr(0, digits);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || end != number.data() + number.size() || value < 0)
        return std::nullopt;
    text.remove_prefix(digits + 1);
    return value;
}

}  // namespace

std::optional<UnixMillis> parse_iso8601(std::string_view text) {
    using namespace std::chrono;
    const auto y = take(text, 4, '-');
    const auto m = y ? take(text, 2, '-') : std::nullopt;
    const auto d = m ? take(text, 2, 'T') : std::nullopt;
    const auto h = d ? take(text, 2, ':') : std::nullopt;
    const auto min = h ? take(text, 2, ':') : std::nullopt;
    if (!min) return std::nullopt;
    const bool fraction = text.size() > 2 && text[2] == '.';
    const auto s = take(text, 2, fraction ? '.' : 'Z');
    if (!s || *h > 23 || *min > 59 || *s > 59) return std::nullopt;
    int millis = 0;
    if (fraction) {
        const auto parsed = take(text, 3, 'Z');
        if (!parsed) return std::nullopt;
        millis = *parsed;
    }
    const year_month_day date{year(*y), month(static_cast<unsigned>(*m)),
                              day(static_cast<unsigned>(*d))};
    if (!text.empty() || !date.ok()) return std::nullopt;
    const auto time = sys_days(date) + hours(*h) + minutes(*min) + seconds(*s);
    return duration_cast<milliseconds>(time.time_since_epoch()).count() + millis;
}

}  // namespace siahub::cas
