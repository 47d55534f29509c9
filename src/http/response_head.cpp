#include "http/response_head.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace siahub::http {

namespace {

struct Reason {
    unsigned status;
    std::string_view phrase;
};

constexpr std::array kReasons = {
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{206, "Partial Content"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{307, "Temporary Redirect"},
    Reason{308, "Permanent Redirect"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{406, "Not Acceptable"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{410, "Gone"},
    Reason{411, "Length Required"},
    Reason{412, "Precondition Failed"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{415, "Unsupported Media Type"},
    Reason{416, "Range Not Satisfiable"},
    Reason{417, "Expectation Failed"},
    Reason{422, "Unprocessable Content"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
    Reason{505, "HTTP Version Not Supported"},
};

bool is_reserved(std::string_view name) {
    switch (name.size()) {
        case 4:
            return equals_ignoring_case(name, "date");
        case 10:
            return equals_ignoring_case(name, "connection") ||
                   equals_ignoring_case(name, "keep-alive");
        case 14:
            return equals_ignoring_case(name, "content-length");
        case 17:
            return equals_ignoring_case(name, "transfer-encoding");
        default:
            return false;
    }
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
    const auto* const found = std::ranges::find(kReasons, status, &Reason::status);
    return found == kReasons.end() ? "Unknown" : found->phrase;
}

bool has_no_body(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

void render_head(std::string& out, const Response& response, const Framing& framing,
                 std::string_view date) {
    const auto status = response.status >= 200 && response.status <= 599 ? response.status : 500;
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} ", status);
    out.append(reason_phrase(status)).append("\r\nDate: ").append(date).append("\r\n");
    for (std::size_t i = 0; i < response.headers.size(); ++i) {
        const auto [name, value] = response.headers[i];
        if (is_reserved(name)) continue;
        out.append(name).append(": ").append(value).append("\r\n");
    }
    if (framing.length)
        out.append("Content-Length: ")
            .append(fmt::format_int(*framing.length).c_str())
            .append("\r\n");
    if (framing.chunked) out.append("Transfer-Encoding: chunked\r\n");
    if (framing.close) {
        out.append("Connection: close\r\n");
    } else if (framing.announce_keep_alive) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
}

std::string http_date(std::time_t time) {
    // By hand: strftime's names depend on the locale.
    constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::tm utc = fmt::gmtime(time);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                       kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                       kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                       utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string_view DateCache::now() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
    if (time.tv_sec != second_) {
        second_ = time.tv_sec;
        text_ = http_date(second_);
    }
    return text_;
}

}  // namespace siahub::http
