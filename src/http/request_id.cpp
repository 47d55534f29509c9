#include "http/request_id.hpp"

#include "core/random.hpp"

namespace siahub::http {

void RequestIds::assign(std::string& id, const Headers& headers) {
    constexpr std::size_t kLongestEcho = 1024;  // the id also goes into every log line
    if (const auto given = headers.find("x-request-id"); given && !given->empty()) {
        id.assign(given->substr(0, kLongestEcho));
        return;
    }
    id.clear();
    if (const auto trace = headers.find("x-amzn-trace-id"); trace && !trace->empty()) {
        id.append("Root=1-");
        append_hex(id, 4);
        id.push_back('-');
        append_hex(id, 12);
        id.push_back(';');
        id.append(trace->substr(0, kLongestEcho));
    } else {
        append_hex(id, 16);
    }
}

void RequestIds::append_hex(std::string& out, std::size_t bytes) {
    if (used_ + bytes > pool_.size()) {
        fill_random(pool_);
        used_ = 0;
    }
    for (std::size_t i = 0; i < bytes; ++i) {
        const auto value = std::to_integer<unsigned>(pool_[used_++]);
        out.push_back("0123456789abcdef"[value >> 4]);
        out.push_back("0123456789abcdef"[value & 15]);
    }
}

}  // namespace siahub::http
